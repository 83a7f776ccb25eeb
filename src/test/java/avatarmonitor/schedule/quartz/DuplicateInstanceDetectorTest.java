package avatarmonitor.schedule.quartz;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DuplicateInstanceDetectorTest {
    private final DuplicateInstanceDetector own = new DuplicateInstanceDetector();

    @Test
    void whatThisProcessWroteIsItsOwn() {
        for (long time = 0; time < 1_000; time++) {
            own.wrote(time);
            assertThat(own.takenOver(time)).isFalse();
        }
    }

    @Test
    void twoStrangeTimesInARowAreAnotherProcess() {
        own.wrote(1);
        assertThat(own.takenOver(77)).isFalse();
        own.wrote(2);
        assertThat(own.takenOver(78)).isTrue();
    }

    @Test
    void oneStrangeTimeIsADatabaseThatWasSetBack() {
        own.wrote(1);
        assertThat(own.takenOver(-500)).isFalse();
        own.wrote(2);
        assertThat(own.takenOver(2)).isFalse();
        own.wrote(3);
        assertThat(own.takenOver(-500)).isFalse();
    }

    @Test
    void commitsThatFailedOrGotNoAnswerRaiseNoAlarm() {
        own.wrote(1);
        for (long lost = 2; lost < 40; lost++) {
            own.wrote(lost);
        }
        assertThat(own.takenOver(1)).as("none of them was committed").isFalse();
        assertThat(own.takenOver(17)).as("one of them was").isFalse();
    }
}
