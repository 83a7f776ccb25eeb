package avatarmonitor.check.decision;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of one training: their bounds, their changes, and their texts. */
final class OverridesRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final MonitorConfig CONFIGURED = new MonitorConfig(
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofHours(2),
            Duration.ofHours(24),
            20,
            Duration.ofMinutes(10));

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, -, -",
                "PT1S, PT1S, -, -",
                "PT1S, PT1.5S, -, 'the interval must be from 1s to 1h, in whole seconds'",
                "PT1H, PT1H, -, -",
                "PT2H, PT1H1S, -, 'the interval must be from 1s to 1h, in whole seconds'",
                "-, PT0S, -, 'the interval must be from 1s to 1h, in whole seconds'",
                "PT168H, -, -, -",
                "PT168H1S, -, -, 'the window must be from 1s to 7d, in whole seconds'",
                "PT0.5S, -, -, 'the window must be from 1s to 7d, in whole seconds'",
                "-, -, 2026-11-23T10:00:01Z, -",
                "-, -, 2026-11-23T10:00:00Z, 'the deadline 2026-11-23T10:00:00Z has passed; it must be later than now'",
                "-, -, 2026-12-23T10:00:00Z, -",
                "-, -, 2026-12-23T10:00:01Z, 'the deadline 2026-12-23T10:00:01Z is too far ahead; it must be within 30d'",
                "PT60S, -, -, -",
                "PT59S, -, -, 'the interval of 60 s is longer than the window of 59 s, so that nothing would be checked'",
                "PT30S, PT31S, -, 'the interval of 31 s is longer than the window of 30 s, so that nothing would be checked'",
            })
    void boundsOfOneTraining(
            @Nullable Duration window,
            @Nullable Duration interval,
            @Nullable Instant deadline,
            @Nullable String fault) {
        assertThat(new Overrides(window, interval, deadline, null).problem(CONFIGURED, NOW))
                .isEqualTo(fault);
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, true", "5, true", "10, true", "11, false", "-5, false"})
    void priorityIsFromOneToTen(int priority, boolean valid) {
        assertThat(priority(priority).problem(CONFIGURED, NOW))
                .isEqualTo(
                        valid
                                ? null
                                : "the priority must be a whole number from 1 to 10; 5 is that of all other trainings");
    }

    @ParameterizedTest
    @CsvSource({"5, 3.0", "10, 1.5", "1, 15.0", "8, 1.875"})
    void waitsStretchInInverseProportionToThePriority(int priority, double factor) {
        assertThat(priority(priority).factor(3)).isEqualTo(factor);
        assertThat(priority(priority).factor(0)).as("the rate limit suffices").isEqualTo(1);
        assertThat(priority(priority).factor(0.2))
                .as("never more often than its interval")
                .isEqualTo(1);
    }

    @Test
    void trainingWithoutAPriorityHasFive() {
        assertThat(Overrides.NONE.factor(3)).isEqualTo(3);
    }

    private static Overrides priority(int priority) {
        return new Overrides(null, null, null, priority);
    }

    @Test
    void onlyAShorterIntervalChangesTheTrigger() {
        assertThat(interval(30).triggerInterval(Duration.ofSeconds(60))).isEqualTo(Duration.ofSeconds(30));
        assertThat(interval(90).triggerInterval(Duration.ofSeconds(60))).isEqualTo(Duration.ofSeconds(60));
        assertThat(Overrides.NONE.triggerInterval(Duration.ofSeconds(60))).isEqualTo(Duration.ofSeconds(60));
        assertThat(Overrides.NONE.windowOr(Duration.ofHours(2))).isEqualTo(Duration.ofHours(2));
        assertThat(window(5).windowOr(Duration.ofHours(2))).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void deadlineIsReachedAtItsInstant() {
        Overrides until = new Overrides(null, null, NOW, null);
        assertThat(until.isOver(NOW.minusMillis(1))).isFalse();
        assertThat(until.isOver(NOW)).isTrue();
        assertThat(Overrides.NONE.isOver(NOW)).isFalse();
    }

    @Test
    void changeKeepsWhatItDoesNotNameUnlessItClears() {
        Overrides before = new Overrides(Duration.ofHours(3), Duration.ofSeconds(30), NOW, null);
        assertThat(new Overrides.Change(false, interval(20)).of(before))
                .isEqualTo(new Overrides(Duration.ofHours(3), Duration.ofSeconds(20), NOW, null));
        assertThat(new Overrides.Change(false, new Overrides(Duration.ofHours(1), null, NOW.plusSeconds(1), null))
                        .of(before))
                .isEqualTo(new Overrides(Duration.ofHours(1), Duration.ofSeconds(30), NOW.plusSeconds(1), null));
        assertThat(new Overrides.Change(true, interval(20)).of(before)).isEqualTo(interval(20));
        assertThat(new Overrides.Change(false, priority(8)).of(before))
                .isEqualTo(new Overrides(Duration.ofHours(3), Duration.ofSeconds(30), NOW, 8));
        assertThat(new Overrides.Change(false, interval(20)).of(priority(8)))
                .isEqualTo(new Overrides(null, Duration.ofSeconds(20), null, 8));
        assertThat(new Overrides.Change(false, Overrides.NONE).isNothing()).isTrue();
        assertThat(new Overrides.Change(true, Overrides.NONE).isNothing()).isFalse();
        assertThat(new Overrides.Change(false, interval(20)).isNothing()).isFalse();
    }

    @Test
    void textNamesWhatIsSet() {
        assertThat(Overrides.NONE.words()).isEqualTo("as configured");
        assertThat(new Overrides(Duration.ofMinutes(90), Duration.ofSeconds(30), NOW, 8).words())
                .isEqualTo("window 1h30m, interval 30s, deadline 2026-11-23T10:00:00Z, priority 8");
    }

    private static Overrides interval(long seconds) {
        return new Overrides(null, Duration.ofSeconds(seconds), null, null);
    }

    private static Overrides window(long seconds) {
        return new Overrides(Duration.ofSeconds(seconds), null, null, null);
    }
}
