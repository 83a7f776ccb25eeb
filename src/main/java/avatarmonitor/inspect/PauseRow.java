package avatarmonitor.inspect;

import avatarmonitor.pause.PollingPause;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A pause of polling by an operator, with the names of its JSON. */
public record PauseRow(
        @Nullable String trainingType,
        Instant since,
        @Nullable Instant until,
        @Nullable String reason,
        String actor,
        String channel) {

    public static PauseRow of(PollingPause pause) {
        return new PauseRow(
                pause.type(),
                pause.since(),
                pause.until(),
                pause.reason(),
                pause.actor().name(),
                pause.actor().channel());
    }
}
