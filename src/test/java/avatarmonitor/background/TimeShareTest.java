package avatarmonitor.background;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimeShareTest {
    private static final Duration LONGEST = Duration.ofSeconds(10);

    @Test
    void runsTakeTheirShareOfTheTime() {
        assertThat(TimeShare.pauseAfter(Duration.ofMillis(100), 20, LONGEST)).isEqualTo(Duration.ofMillis(1_900));
        assertThat(TimeShare.pauseAfter(Duration.ofMillis(100), 1, LONGEST)).isZero();
    }

    @Test
    void runThatWaitedForAnOutageDelaysTheNextOneByNoMoreThanTheLimit() {
        assertThat(TimeShare.pauseAfter(Duration.ofSeconds(15), 5, LONGEST)).isEqualTo(Duration.ofSeconds(10));
    }
}
