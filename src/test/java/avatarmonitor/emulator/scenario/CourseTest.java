package avatarmonitor.emulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CourseTest {
    private static final Course PLAIN = course(10, 4, 20, 0, Course.Stall.NEVER);

    @Test
    void waitsThenRunsThenEnds() {
        assertThat(PLAIN.at(seconds(0))).isEqualTo(new Course.Place(Phase.IN_QUEUE, 4, Duration.ZERO));
        assertThat(PLAIN.at(seconds(5)).position()).isEqualTo(2);
        assertThat(PLAIN.at(seconds(9.9)).position()).isEqualTo(1);
        assertThat(PLAIN.at(seconds(10))).isEqualTo(new Course.Place(Phase.IN_PROGRESS, 0, Duration.ZERO));
        assertThat(PLAIN.at(seconds(29)).ran()).isEqualTo(seconds(19));
        assertThat(PLAIN.at(seconds(30)).phase()).isEqualTo(Phase.COMPLETED);
        assertThat(PLAIN.length()).contains(seconds(30));
    }

    @Test
    void requeuedRequestWaitsAgainAndRunsAnew() {
        Course course = course(10, 4, 20, 5, Course.Stall.NEVER);
        assertThat(course.at(seconds(19)).phase()).isEqualTo(Phase.IN_PROGRESS);
        assertThat(course.at(seconds(21))).isEqualTo(new Course.Place(Phase.IN_QUEUE, 0, Duration.ZERO));
        assertThat(course.at(seconds(26)).ran()).isEqualTo(seconds(1));
        assertThat(course.at(seconds(44)).phase()).isEqualTo(Phase.IN_PROGRESS);
        assertThat(course.at(seconds(45)).phase()).isEqualTo(Phase.COMPLETED);
    }

    @Test
    void stalledRequestNeverLeavesItsPhase() {
        Course waiting = course(10, 4, 20, 0, Course.Stall.IN_QUEUE);
        assertThat(waiting.at(Duration.ofDays(9))).isEqualTo(new Course.Place(Phase.IN_QUEUE, 4, Duration.ZERO));
        assertThat(waiting.length()).isEmpty();
        Course running = course(10, 4, 20, 0, Course.Stall.IN_PROGRESS);
        assertThat(running.at(Duration.ofDays(9)).phase()).isEqualTo(Phase.IN_PROGRESS);
        assertThat(running.length()).isEmpty();
    }

    @Test
    void clockBeforeTheSubmitCountsAsTheSubmit() {
        assertThat(PLAIN.at(seconds(-1))).isEqualTo(PLAIN.at(Duration.ZERO));
    }

    @Test
    void lengthsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> course(-1, 0, 1, 0, Course.Stall.NEVER)).hasMessageContaining("queue=PT-1S");
        assertThatThrownBy(() -> course(1, 0, 31 * 86_400, 0, Course.Stall.NEVER))
                .hasMessageContaining("run=");
        assertThatThrownBy(() -> course(1, -1, 1, 0, Course.Stall.NEVER)).hasMessageContaining("queueLength=-1");
    }

    private static Course course(double queue, int length, double run, double requeue, Course.Stall stall) {
        return new Course(seconds(queue), length, seconds(run), seconds(requeue), stall);
    }

    private static Duration seconds(double number) {
        return Duration.ofMillis(Math.round(number * 1000));
    }
}
