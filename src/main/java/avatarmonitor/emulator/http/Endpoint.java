package avatarmonitor.emulator.http;

import java.util.Arrays;
import java.util.List;

/** Endpoint ids such as {@code fal-ai/flux-2-trainer/edit} (docs/fal-contract.md section 1, "Path rule"). */
public final class Endpoint {
    private static final List<String> NAMESPACES = List.of("workflows", "comfy");

    private Endpoint() {}

    /**
     * Returns how many leading parts name the application: {@code owner/app}, or three parts below {@code workflows}
     * and {@code comfy}.
     */
    static int appParts(List<String> parts) {
        return !parts.isEmpty() && NAMESPACES.contains(parts.get(0)) ? 3 : 2;
    }

    /** Returns the id without its sub path, as used in the URLs of a request. */
    public static String app(String endpointId) {
        List<String> parts = Arrays.asList(endpointId.split("/", -1));
        return String.join("/", parts.subList(0, Math.min(parts.size(), appParts(parts))));
    }
}
