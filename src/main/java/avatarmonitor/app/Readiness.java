package avatarmonitor.app;

import avatarmonitor.pause.PollingPause;
import avatarmonitor.store.StoreException;
import avatarmonitor.web.Health;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Readiness of a worker: due checks are fired and recorded. Its scheduler runs and makes progress, the database accepts
 * writes, results of checks are written, and the other workers see its check-ins. Paused polling and overload do not
 * count: checks are fired then, and another worker would be no better off.
 */
final class Readiness implements Health {
    /** Longer than any check takes, including {@code fal.timeout} and the wait for the rate limit. */
    static final Duration NO_PROGRESS_MAX = Duration.ofSeconds(60);

    private final Checks checks;
    private final DatabaseProbe database;
    private final InstantSource clock;
    private final Supplier<List<PollingPause>> pauses;

    /**
     * State of the checks of this process.
     *
     * @param dead whether the worker has failed and is being stopped
     * @param firing whether due checks are fired
     * @param wrongClock problem of the clock, during which nothing is checked; empty while it is right
     * @param sinceLast time since the last check ended, or since the start when none has
     * @param unwritten why results of checks cannot be written; empty while they can
     */
    record Checks(
            BooleanSupplier dead,
            BooleanSupplier firing,
            Supplier<Optional<String>> wrongClock,
            Supplier<Duration> sinceLast,
            Supplier<Optional<String>> unwritten) {}

    /** @param pauses pauses by operators, which do not count but are named */
    Readiness(Checks checks, DatabaseProbe database, InstantSource clock, Supplier<List<PollingPause>> pauses) {
        this.checks = checks;
        this.database = database;
        this.clock = clock;
        this.pauses = pauses;
    }

    @Override
    public Optional<String> trouble() {
        if (checks.dead().getAsBoolean()) {
            return Optional.of("the worker cannot go on and ends");
        }
        if (!checks.firing().getAsBoolean()) {
            return Optional.of("the scheduler does not fire");
        }
        Optional<String> wrongClock = checks.wrongClock().get();
        if (wrongClock.isPresent()) {
            return Optional.of(wrongClock.get() + ": nothing is checked until it is right");
        }
        Optional<String> refused = database.trouble();
        if (refused.isPresent()) {
            return refused;
        }
        Optional<String> unwritten = checks.unwritten().get();
        if (unwritten.isPresent()) {
            return Optional.of("results of checks cannot be recorded: " + unwritten.get());
        }
        try {
            return judge(database.probe(clock.instant()));
        } catch (StoreException e) {
            return Optional.of("the database does not answer");
        }
    }

    /** Readable without a token: it names neither the operator nor the reason. */
    @Override
    public Optional<String> note() {
        return pauses.get().stream()
                .findFirst()
                .map(pause -> "polling" + (pause.type() == null ? "" : " of a training type")
                        + " is paused by an operator " + pause.untilWords());
    }

    private Optional<String> judge(DatabaseProbe.ProbeResult seen) {
        if (!seen.checksIn()) {
            return Optional.of("the last check-in is not fresh");
        }
        Duration idle = checks.sinceLast().get();
        if (seen.dueFor().compareTo(NO_PROGRESS_MAX) > 0 && idle.compareTo(NO_PROGRESS_MAX) > 0) {
            return Optional.of("no check was made for " + idle.toSeconds() + " s although one has been due for "
                    + seen.dueFor().toSeconds() + " s");
        }
        return Optional.empty();
    }
}
