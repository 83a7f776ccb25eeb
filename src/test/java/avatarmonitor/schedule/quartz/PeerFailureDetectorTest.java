package avatarmonitor.schedule.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeerFailureDetectorTest {
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final PeerFailureDetector watch = new PeerFailureDetector();

    @Test
    void workerThatChecksInLives() {
        for (int second = 0; second < 60; second += 2) {
            assertThat(dead(1000 + second, second)).isFalse();
        }
    }

    @Test
    void oneMissedCheckInMakesNoPeerDead() {
        assertThat(dead(1000, 0)).isFalse();
        assertThat(dead(1000, 2)).isFalse();
        assertThat(dead(1000, 4)).isFalse();
        assertThat(dead(1004, 6)).isFalse();
        assertThat(dead(1004, 8)).isFalse();
    }

    @Test
    void threeMissedCheckInsDo() {
        assertThat(dead(1000, 0)).isFalse();
        assertThat(dead(1000, 2)).isFalse();
        assertThat(dead(1000, 4)).isFalse();
        assertThat(dead(1000, 6)).isTrue();
    }

    @Test
    void clockOfAnotherMachineDoesNotMatter() {
        long aDayAhead = TimeUnit.DAYS.toMillis(1);
        assertThat(dead(aDayAhead, 0)).isFalse();
        assertThat(dead(-aDayAhead, 2)).isFalse();
        assertThat(dead(-aDayAhead, 8)).as("a jump back is a check-in too").isFalse();
    }

    @Test
    void afterAnOutageEverybodyGetsAFreshChanceAndTimeToComeBack() {
        assertThat(dead(1000, 0)).isFalse();
        assertThat(dead(1000, 2)).isFalse();
        assertThat(dead(1000, 300)).isFalse();
        for (int second = 302; second < 315; second += 2) {
            assertThat(dead(1000, second)).as("second %d", second).isFalse();
        }
        assertThat(dead(1000, 316)).isTrue();
    }

    @Test
    void checkInFromJustBeforeTheOutageIsNoSignOfHavingComeBack() {
        assertThat(dead(1000, 0)).isFalse();
        assertThat(dead(1002, 300)).isFalse();
        assertThat(dead(1002, 302)).isFalse();
        for (int second = 304; second < 315; second += 2) {
            assertThat(dead(1002, second)).as("second %d", second).isFalse();
        }
        assertThat(dead(1002, 316)).isTrue();
    }

    @Test
    void whoComesBackAfterAnOutageAndThenDiesIsFoundAsEver() {
        assertThat(dead(1000, 0)).isFalse();
        assertThat(dead(1000, 300)).isFalse();
        assertThat(dead(1302, 302)).isFalse();
        assertThat(dead(1302, 304)).isFalse();
        assertThat(dead(1302, 306)).isFalse();
        assertThat(dead(1302, 308)).isTrue();
    }

    /** Each start of a worker is a new peer. An outage, however long, is no reason to forget one. */
    @Test
    void peerThatLeftIsForgottenAfterAnHour() {
        long hour = TimeUnit.HOURS.toSeconds(1);
        assertThat(watch.dead("left", 1, INTERVAL, 0)).isFalse();
        assertThat(dead(1000, 0)).isFalse();
        assertThat(dead(1000 + hour, hour)).isFalse();
        assertThat(dead(1002 + hour, hour + 2)).isFalse();
        assertThat(watch.knownPeers()).isEqualTo(2);
        assertThat(dead(1004 + hour, hour + 4)).isFalse();
        assertThat(watch.knownPeers()).isEqualTo(1);
    }

    private boolean dead(long checkIn, long second) {
        return watch.dead("peer", checkIn, INTERVAL, TimeUnit.SECONDS.toNanos(second));
    }
}
