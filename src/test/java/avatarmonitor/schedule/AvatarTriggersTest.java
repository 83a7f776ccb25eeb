package avatarmonitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.MonitorConfig;
import avatarmonitor.check.decision.Overrides;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quartz.SimpleTrigger;
import org.quartz.spi.OperableTrigger;

/** Times of the trigger of a training with settings of its own. */
final class AvatarTriggersTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00.123456Z");
    private static final AvatarId ID = new AvatarId(UUID.fromString("0198a1b2-0000-7000-8000-000000000001"));

    private final AvatarTriggers triggers = new AvatarTriggers(new MonitorConfig(
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofHours(1),
            Duration.ofHours(24),
            20,
            Duration.ofMinutes(10)));

    private static List<Instant> fires(OperableTrigger trigger) {
        List<Instant> fires = new ArrayList<>();
        for (Date at = trigger.getFireTimeAfter(Date.from(Instant.EPOCH));
                at != null;
                at = trigger.getFireTimeAfter(at)) {
            fires.add(at.toInstant());
        }
        return fires;
    }

    private List<Instant> until(Instant deadline, @Nullable Duration interval) {
        return fires(triggers.trigger(ID, NOW, new Overrides(null, interval, deadline, null)));
    }

    /**
     * Within the window, after it while no reconcile run may have scheduled it again, and within the first interval.
     */
    @ParameterizedTest
    @CsvSource({
        "2026-11-30T12:40:07Z, PT1M",
        "2026-11-30T13:45:07Z, PT1M",
        "2026-11-30T12:00:09Z, PT1M",
        "2026-11-30T12:40:07Z, PT7S",
        "2026-11-30T12:00:01Z, PT1H"
    })
    void oneFireIsDueAtTheDeadlineAndOneAfterIt(Instant deadline, Duration interval) {
        List<Instant> fires = until(deadline, interval);
        assertThat(fires).contains(deadline);
        assertThat(fires.get(fires.size() - 1)).isAfter(deadline);
        assertThat(fires.get(0)).isBetween(NOW.minusMillis(1), NOW.plus(Duration.ofSeconds(60)));
    }

    @Test
    void deadlineOfALaterWindowOrOfThePastChangesNoTimes() {
        List<Instant> usual = fires(triggers.trigger(ID, NOW));
        assertThat(usual).hasSize(60);
        assertThat(until(Instant.parse("2026-12-02T12:00:00Z"), null)).isEqualTo(usual);
        assertThat(until(Instant.parse("2026-11-30T11:00:00Z"), null)).isEqualTo(usual);
    }

    @Test
    void shorterIntervalIsThatOfTheTriggerAndALongerOneIsNot() {
        assertThat(interval(Duration.ofSeconds(30))).isEqualTo(30_000);
        assertThat(interval(Duration.ofMinutes(10))).isEqualTo(60_000);
    }

    private long interval(Duration own) {
        Overrides overrides = new Overrides(null, own, null, null);
        return ((SimpleTrigger) triggers.trigger(ID, NOW, overrides)).getRepeatInterval();
    }
}
