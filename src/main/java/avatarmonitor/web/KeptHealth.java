package avatarmonitor.web;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A verdict that is kept for a moment: asking needs no token, so it must not be a way to make the database work. For one thread. */
final class KeptHealth implements Health {
    /** Short against the seconds between two looks of a supervisor. */
    static final Duration KEPT = Duration.ofSeconds(1);

    private final Health health;
    private final LongSupplier nanoTime;
    private @Nullable Verdict known;

    private record Verdict(Optional<String> trouble, long atNanos) {}

    KeptHealth(Health health, LongSupplier nanoTime) {
        this.health = health;
        this.nanoTime = nanoTime;
    }

    @Override
    public Optional<String> trouble() {
        Verdict verdict = known;
        if (verdict == null || nanoTime.getAsLong() - verdict.atNanos >= KEPT.toNanos()) {
            Optional<String> trouble = health.trouble();
            // From its end on: those who waited for a database that hangs are answered at once.
            verdict = new Verdict(trouble, nanoTime.getAsLong());
            known = verdict;
        }
        return verdict.trouble;
    }
}
