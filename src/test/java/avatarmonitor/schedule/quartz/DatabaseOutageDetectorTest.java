package avatarmonitor.schedule.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DatabaseOutageDetectorTest {
    private final DatabaseOutageDetector reach = new DatabaseOutageDetector(0);

    @Test
    void checkInsThatAreAnsweredSayNothing() {
        for (int second = 0; second < 60; second++) {
            reach.asks();
            assertThat(reach.tick()).isFalse();
            assertThat(reach.answered(nanos(second))).isEmpty();
            assertThat(reach.tick()).isFalse();
        }
    }

    @Test
    void outageLastsUntilACheckInIsAnswered() {
        reach.answered(nanos(1));
        reach.asks();
        int away = 0;
        for (int second = 0; second < 60; second++) {
            away += reach.tick() ? 1 : 0;
            reach.failed("refused");
            reach.asks();
        }
        assertThat(away).isEqualTo(56);
        assertThat(reach.lastError()).isEqualTo("refused");

        assertThat(reach.answered(nanos(61))).contains(Duration.ofSeconds(60));
        reach.reported(nanos(62));
        reach.asks();
        assertThat(reach.answered(nanos(63))).isEmpty();
    }

    @Test
    void checkInThatOnlyHangsIsAnOutageToo() {
        reach.asks();
        for (int second = 1; second < DatabaseOutageDetector.AWAY_AFTER_TICKS; second++) {
            assertThat(reach.tick()).isFalse();
        }
        assertThat(reach.tick()).isTrue();
        assertThat(reach.answered(nanos(7))).contains(Duration.ofSeconds(7));
    }

    @Test
    void endThatCouldNotBeWrittenIsReportedAgainWithItsWholeLength() {
        reach.asks();
        for (int second = 0; second < DatabaseOutageDetector.AWAY_AFTER_TICKS; second++) {
            reach.tick();
        }
        assertThat(reach.answered(nanos(6))).contains(Duration.ofSeconds(6));
        reach.failed("table is locked");
        reach.asks();
        assertThat(reach.answered(nanos(8))).contains(Duration.ofSeconds(8));
    }

    @Test
    void frozenProcessDoesNotBlameTheDatabase() {
        reach.answered(nanos(0));
        reach.asks();
        assertThat(reach.tick()).isFalse();
        assertThat(reach.tick())
                .as("forty seconds later, the check-in has had no time to end")
                .isFalse();
        assertThat(reach.answered(nanos(40))).isEmpty();
    }

    @Test
    void settlesSomeTimeAfterAnOutageOrAFreeze() {
        assertThat(reach.isSettled(nanos(500))).as("no worker").isTrue();
        reach.answered(nanos(500));
        reach.answered(nanos(503));
        assertThat(reach.isSettled(nanos(504))).isTrue();
        assertThat(reach.isSettled(nanos(533))).isTrue();
        assertThat(reach.isSettled(nanos(534))).as("no answer for long").isFalse();
        for (int second = 700; second <= 733; second += 3) {
            reach.answered(nanos(second));
            assertThat(reach.isSettled(nanos(second))).isEqualTo(second > 730);
        }
    }

    private static long nanos(int seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
