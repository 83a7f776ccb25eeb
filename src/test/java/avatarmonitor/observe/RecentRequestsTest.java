package avatarmonitor.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sliding window of the last minute. */
class RecentRequestsTest {
    private final RecentRequests recent = new RecentRequests();

    private void ask(String code, long second) {
        recent.add(code, TimeUnit.SECONDS.toNanos(second));
    }

    private RecentRequests.Snapshot at(long second) {
        return recent.at(TimeUnit.SECONDS.toNanos(second));
    }

    @Test
    void whatIsOlderThanAMinuteDoesNotCount() {
        ask("200", -5);
        ask("502", 0);
        ask("200", 30);
        ask("timeout", 59);
        assertThat(at(59).sent()).isEqualTo(3);
        assertThat(at(61)).isEqualTo(new RecentRequests.Snapshot(2, 1, Duration.ofSeconds(2), "timeout"));
        assertThat(at(500).sent()).isZero();
    }

    @Test
    void silenceBeginsWithTheFirstRequestThatWasNotAnsweredAndEndsWithAnAnswer() {
        ask("connection", 10);
        ask("503", 20);
        assertThat(at(25)).isEqualTo(new RecentRequests.Snapshot(2, 0, Duration.ofSeconds(15), "503"));
        ask("404", 26);
        assertThat(at(27)).isEqualTo(new RecentRequests.Snapshot(3, 1, null, null));
    }

    @ParameterizedTest
    @CsvSource({
        "200, true",
        "202, true",
        "400, true",
        "404, true",
        "410, true",
        "422, true",
        "401, false",
        "402, false",
        "403, false",
        "429, false",
        "500, false",
        "502, false",
        "timeout, false",
        "malformed, false",
        "too_large, false"
    })
    void answersAreWhatSaysSomethingAboutTheTraining(String code, boolean answer) {
        assertThat(RecentRequests.isAnswer(code)).isEqualTo(answer);
    }
}
