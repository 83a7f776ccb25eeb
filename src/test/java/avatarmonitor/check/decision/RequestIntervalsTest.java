package avatarmonitor.check.decision;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.NextAction.KeepMonitoring;
import avatarmonitor.check.decision.NextAction.Observed;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Time between two requests about one training: its settings, hints, and a rate limit that is too low. */
final class RequestIntervalsTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final AvatarId ID = new AvatarId(UUID.fromString("0198a1b2-0000-7000-8000-0000000000aa"));

    /**
     * The last column is the longest wait in seconds: one fire more than the interval, or none when that is the next
     * fire. With hints the interval is 600 s.
     */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // own interval, priority, hints proven, stretch, latest next request
                "-, -, false, 0, -",
                "-, -, false, 3, 240",
                "-, 10, false, 3, 150",
                "-, 10, false, 2, -",
                "-, 1, false, 0, -",
                "-, 1, false, 0.4, 180",
                "-, 1, false, 3, 960",
                "30, -, false, 3, 120",
                "30, 10, false, 4, 90",
                "600, 10, false, 4, 1260",
                "-, -, true, 0, 660",
                "-, -, true, 3, 660",
                "-, -, true, 20, 1260",
                "-, 10, true, 20, 660",
                "30, -, true, 3, 120",
            })
    void waitIsStretchedByTheOwnFactorAndTheIntervalOfHintsOnlyByWhatIsMissing(
            @Nullable Integer interval, @Nullable Integer priority, boolean hints, double stretch, @Nullable Long by) {
        Duration own = interval == null ? null : Duration.ofSeconds(interval);
        Monitoring monitoring = new Monitoring(
                "r-1",
                NOW.plusSeconds(3600),
                0,
                0,
                null,
                null,
                null,
                0,
                null,
                NOW,
                new Overrides(null, own, null, priority));
        assertThat(nextRequestBy(Duration.ofMinutes(10), monitoring, hints, stretch))
                .isEqualTo(by == null ? null : NOW.plusSeconds(by));
    }

    @Test
    void intervalOfHintsThatIsShorterHasNoEffect() {
        Monitoring monitoring =
                new Monitoring("r-1", NOW.plusSeconds(3600), 0, 0, null, null, null, 0, null, NOW, Overrides.NONE);
        assertThat(nextRequestBy(Duration.ofSeconds(30), monitoring, true, 0)).isNull();
        assertThat(nextRequestBy(Duration.ofSeconds(30), monitoring, true, 3)).isEqualTo(NOW.plusSeconds(240));
    }

    private static @Nullable Instant nextRequestBy(
            Duration withHints, Monitoring monitoring, boolean hints, double stretch) {
        RequestIntervals pace =
                new RequestIntervals(Duration.ofSeconds(60), withHints, () -> hints, () -> stretch, type -> false);
        CheckState state = CheckState.fromDatabase(
                new Avatar(ID, "PORTRAIT", "TRAINING", "r-1", NOW.minusSeconds(60), null), monitoring, false, NOW);
        NextAction step = pace.withNextRequest(
                state, new KeepMonitoring(new Observed("IN_PROGRESS", null, null, 0, null, null, NOW)));
        return ((KeepMonitoring) step).observed().nextRequestBy();
    }
}
