package avatarmonitor.reconcile;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What came of mending several things.
 *
 * @param count how many were put right
 * @param failure why some could not be, the last one; null when all could
 */
record Mended(int count, @Nullable RuntimeException failure) {
    private static final Logger log = LoggerFactory.getLogger(Mended.class);

    /** Mends one after the other; one that cannot be mended keeps no other from it. */
    static Mended all(Watchlist watchlist, List<Disorder> disorders, Instant now) {
        int count = 0;
        RuntimeException failure = null;
        for (Disorder disorder : disorders) {
            try {
                count += watchlist.mend(disorder, now) ? 1 : 0;
            } catch (RuntimeException e) {
                log.warn(
                        "not mended kind={} subject={} error={}",
                        disorder.kind().word(),
                        disorder.subject(),
                        e.getMessage());
                failure = e;
            }
        }
        return new Mended(count, failure);
    }

    /** Throws what kept some from being mended, so that the caller is tried again. */
    void requireComplete() {
        if (failure != null) {
            throw failure;
        }
    }
}
