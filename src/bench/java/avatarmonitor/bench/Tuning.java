package avatarmonitor.bench;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a contestant that may be improved; null where the best known ones are used.
 *
 * @param threadsOrNull threads for jobs
 * @param batchOrNull maximum of triggers acquired at once
 */
record Tuning(@Nullable Integer threadsOrNull, @Nullable Integer batchOrNull) {
    /** The best known settings. */
    static final Tuning BEST = new Tuning(null, null);

    OptionalInt threads() {
        return threadsOrNull == null ? OptionalInt.empty() : OptionalInt.of(threadsOrNull);
    }

    OptionalInt batch() {
        return batchOrNull == null ? OptionalInt.empty() : OptionalInt.of(batchOrNull);
    }
}
