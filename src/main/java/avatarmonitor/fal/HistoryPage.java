package avatarmonitor.fal;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What fal's platform API answers when it is asked for the requests that have ended. A hint only: nothing follows from it but a check. */
public sealed interface HistoryPage {

    /** A request that has ended, by the provider's clock. */
    record Ended(FalRequestId id, Instant at) {}

    /**
     * The latest end first.
     *
     * @param ended those that can be read; a request that runs, or whose id or end is malformed, is left out
     * @param next the cursor of the next page; null on the last one
     */
    record Listed(List<Ended> ended, @Nullable String next) implements HistoryPage {
        public Listed {
            ended = List.copyOf(ended);
        }
    }

    /** The key may not ask (401, 403). */
    record Refused(String detail) implements HistoryPage {}

    /** There is no such list (404), or one of the endpoints is unknown. */
    record Missing(String detail) implements HistoryPage {}

    /** Too many requests (429). */
    record Limited(Instant until) implements HistoryPage {}

    /** No usable answer, or not asked; may pass by itself. */
    record Unclear(String detail) implements HistoryPage {}
}
