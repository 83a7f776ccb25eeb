package avatarmonitor.emulator.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A host of fal that the emulator imitates. */
public enum Site {
    /** The queue: submit, status, result, cancel. */
    QUEUE,
    /** Calls that wait for their result. */
    RUN,
    /** Storage, and the keys of webhook signatures. */
    REST,
    /** The platform API. */
    PLATFORM;

    /** Returns the site of a host name; null for any other host. */
    static @Nullable Site of(String host) {
        return switch (host.toLowerCase(Locale.ROOT)) {
            case "queue.fal.run", "queue.falrun.com" -> QUEUE;
            case "fal.run" -> RUN;
            case "rest.fal.ai", "rest.alpha.fal.ai" -> REST;
            case "api.fal.ai" -> PLATFORM;
            default -> null;
        };
    }
}
