package avatarmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.Call;
import avatarmonitor.emulator.http.Op;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class RatesTest {
    private static final Instant START = Instant.parse("2026-11-30T10:00:00Z");

    @Test
    void busiestTimeCountsWhereverItBegins() {
        // One each second, and four in half a second around second 7.
        List<Call> calls = LongStream.of(0, 1_000, 2_000, 3_000, 6_800, 6_900, 7_000, 7_200, 9_000)
                .mapToObj(millis -> call(Op.STATUS, millis))
                .toList();

        assertThat(new Rates(calls).mostWithin(Duration.ofSeconds(1))).isEqualTo(4);
        assertThat(new Rates(calls).mostWithin(Duration.ofSeconds(10))).isEqualTo(9);
    }

    @Test
    void requestAtTheEndOfATimeBelongsToTheNextOneAndCancelsDoNotCount() {
        List<Call> calls =
                List.of(call(Op.STATUS, 0), call(Op.RESULT, 999), call(Op.HISTORY, 1_000), call(Op.CANCEL, 500));

        assertThat(new Rates(calls).mostWithin(Duration.ofSeconds(1))).isEqualTo(2);
        assertThat(new Rates(calls).requests()).isEqualTo(3);
        assertThat(new Rates(List.of()).mostWithin(Duration.ofSeconds(1))).isZero();
    }

    private static Call call(Op op, long millis) {
        return new Call(1, START.plusMillis(millis), "GET", "/", op, "r", 200);
    }
}
