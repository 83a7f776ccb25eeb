package avatarmonitor.fal;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answer of fal's platform API to the list of requests that have ended. Only a hint: its one effect is an early check.
 */
public sealed interface EndedPage {

    /** A request that has ended, by fal's clock. */
    record Ended(FalRequestId id, Instant at) {}

    /**
     * Page of the list, the latest end first.
     *
     * @param ended entries that can be read; a request that runs, or whose id or end is malformed, is left out
     * @param next cursor of the next page; null on the last one
     */
    record Listed(List<Ended> ended, @Nullable String next) implements EndedPage {
        public Listed {
            ended = List.copyOf(ended);
        }
    }

    /** The key has no permission (401, 403). */
    record Refused(String detail) implements EndedPage {}

    /** The list does not exist (404), or an endpoint is unknown. */
    record Missing(String detail) implements EndedPage {}

    /** Too many requests (429). */
    record Limited(Instant until) implements EndedPage {}

    /** No usable answer, or no request sent; may be temporary. */
    record Unclear(String detail) implements EndedPage {}
}
