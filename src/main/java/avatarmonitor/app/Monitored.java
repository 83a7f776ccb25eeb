package avatarmonitor.app;

import avatarmonitor.check.decision.Overrides;
import avatarmonitor.event.OperatorLog.Outcome;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Result of {@link Operator#monitor}. */
public sealed interface Monitored {
    /** Time of the next check; null when it has already passed, or when it is refused. */
    @Nullable
    Instant nextCheck();

    /** Outcome in the event of the action. */
    Outcome outcome();

    /** Got a trigger. */
    record Started(@Nullable Instant nextCheck) implements Monitored {
        @Override
        public Outcome outcome() {
            return new Outcome("monitored", null);
        }
    }

    /** Had a trigger before; nothing was changed. */
    record AlreadyMonitored(@Nullable Instant nextCheck) implements Monitored {
        @Override
        public Outcome outcome() {
            return new Outcome("already_monitored", null);
        }
    }

    /** Its settings were changed; they hold for this training from now on. */
    record Changed(@Nullable Instant nextCheck, Overrides overrides) implements Monitored {
        @Override
        public Outcome outcome() {
            return new Outcome("changed", overrides.words());
        }
    }

    /** Must not be monitored; the reason is a sentence without a full stop. */
    record Refused(String reason) implements Monitored {
        @Override
        public @Nullable Instant nextCheck() {
            return null;
        }

        @Override
        public Outcome outcome() {
            return new Outcome("refused", reason);
        }
    }
}
