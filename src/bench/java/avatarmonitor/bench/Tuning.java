package avatarmonitor.bench;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a contestant that another could be better with; null where it takes the best that are known.
 *
 * @param threadsOrNull that run jobs
 * @param batchOrNull most triggers that are taken at once
 */
record Tuning(@Nullable Integer threadsOrNull, @Nullable Integer batchOrNull) {
    /** The best that are known. */
    static final Tuning BEST = new Tuning(null, null);

    OptionalInt threads() {
        return threadsOrNull == null ? OptionalInt.empty() : OptionalInt.of(threadsOrNull);
    }

    OptionalInt batch() {
        return batchOrNull == null ? OptionalInt.empty() : OptionalInt.of(batchOrNull);
    }
}
