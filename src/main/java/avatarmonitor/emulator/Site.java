package avatarmonitor.emulator;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A host of fal that the emulator stands in for. */
enum Site {
    /** The queue: submit, status, result, cancel. */
    QUEUE,
    /** Calls that wait for their result. */
    RUN,
    /** Storage, and the keys of webhook signatures. */
    REST,
    /** The platform API. */
    PLATFORM;

    /** Null for a host that is none of these. */
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
