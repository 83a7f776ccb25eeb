package avatarmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.Call;
import avatarmonitor.emulator.http.Op;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GapsTest {
    private static final Instant START = Instant.parse("2026-11-01T12:00:00Z");
    private static final Duration MOST = Duration.ofSeconds(5);

    private final List<Call> calls = new ArrayList<>();
    private final Incidents incidents = new Incidents();

    @Test
    void timeBetweenTwoChecksOfOneTrainingIsCountedAndNoOther() {
        asked("one", 0, 5, 10);
        asked("other", 3, 9);
        calls.add(call("one", 30, Op.RESULT));
        assertThat(new Gaps(calls, incidents).longerThan(MOST)).containsOnlyKeys("other");
        assertThat(new Gaps(calls, incidents).longest()).isEqualTo(Duration.ofSeconds(6));
        assertThat(new Gaps(calls, incidents).checks()).isEqualTo(5);
    }

    @Test
    void timeOfIncidentsDoesNotCountButWhatIsBesideThemDoes() {
        asked("one", 0, 20);
        incidents.add("server down", at(2), at(12));
        incidents.add("killed", at(8), at(17));
        incidents.add("before", at(-9), at(-1));
        assertThat(new Gaps(calls, incidents).longestCounted()).isEqualTo(Duration.ofSeconds(5));
        assertThat(new Gaps(calls, incidents).longerThan(MOST)).isEmpty();
        assertThat(new Gaps(calls, incidents).longerThan(MOST.minusMillis(1)))
                .hasEntrySatisfying(
                        "one",
                        found -> assertThat(found.get(0))
                                .contains("not checked for PT20S", "server down", "killed")
                                .doesNotContain("before"));
    }

    @Test
    void incidentInsideAnotherCountsOnce() {
        incidents.add("long", at(0), at(10));
        incidents.add("short", at(2), at(4));
        assertThat(incidents.within(at(1), at(12))).isEqualTo(Duration.ofSeconds(9));
        assertThat(incidents.within(at(11), at(12))).isZero();
    }

    private void asked(String request, int... seconds) {
        for (int second : seconds) {
            calls.add(call(request, second, Op.STATUS));
        }
    }

    private static Call call(String request, int second, Op op) {
        return new Call(1, at(second), "GET", "/", op, request, 200);
    }

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }
}
