package avatarmonitor.check.decision;

import avatarmonitor.check.decision.Monitoring.Doubt;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Rows of {@code avatar_monitoring} as a check reads them. */
public final class Monitorings {
    private Monitorings() {}

    /** Returns a row without refused writes and settings of its own, monitored at {@code fal-ai/portrait}. */
    public static Monitoring watched(
            String requestId,
            Instant windowEndsAt,
            long checks,
            int failuresInRow,
            @Nullable String falStatus,
            @Nullable Doubt doubt,
            @Nullable String outcome) {
        return new Monitoring(
                requestId,
                windowEndsAt,
                checks,
                failuresInRow,
                falStatus,
                doubt,
                outcome,
                0,
                "fal-ai/portrait",
                null,
                Overrides.NONE);
    }
}
