package avatarmonitor.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.cli.Program;
import avatarmonitor.cli.console.TextWidth;
import avatarmonitor.demo.DemoResult;
import avatarmonitor.demo.Report;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DemoSummaryTest {
    private static final DemoResult RIGHT =
            new DemoResult("Ada", "COMPLETED, portrait model", "COMPLETED, portrait model", List.of());
    private static final DemoResult WRONG = new DemoResult(
            "Emil", "ERROR: invalid_archive", "COMPLETED, portrait model", List.of("status is COMPLETED"));

    private final Program program = new Program(Path.of(""));

    @Test
    void allRightEndsWithZeroAndSaysWhatToDoNext() {
        assertThat(print(report(List.of(RIGHT), List.of()), false)).isZero();

        assertThat(program.out())
                .contains("Ada     COMPLETED, portrait model  COMPLETED, portrait model  ok")
                .contains("1 of 1 avatars ended as they should")
                .contains("19 checks, 7 requests to fal, 3 results, 1 restart, 12 events, 27 s")
                .contains("FAL_KEY=", "worker");
        assertThat(program.out().lines()).allMatch(line -> TextWidth.width(line) <= 80);
        assertThat(program.err()).isEmpty();
    }

    @Test
    void wrongEndIsNamedAndEndsWithOne() {
        assertThat(print(report(List.of(RIGHT, WRONG), List.of()), false)).isEqualTo(1);

        assertThat(program.out())
                .contains("NOT OK")
                .contains("1 of 2 avatars ended")
                .doesNotContain("FAL_KEY=");
        assertThat(program.err())
                .contains("NOT OK Emil: status is COMPLETED")
                .contains("The worker's last words:", "  last line of the log");
    }

    @Test
    void problemBesidesTheAvatarsEndsWithOne() {
        assertThat(print(report(List.of(RIGHT), List.of("unexpected request to fal: GET /x")), false))
                .isEqualTo(1);
        assertThat(program.err()).contains("NOT OK unexpected request to fal: GET /x");
    }

    @Test
    void nothingJudgedIsNoSuccess() {
        assertThat(print(report(List.of(), List.of()), false)).isEqualTo(1);
    }

    @Test
    void jsonSaysTheSame() {
        assertThat(print(report(List.of(RIGHT, WRONG), List.of()), true)).isEqualTo(1);

        JsonObject document = JsonParser.parseString(program.out()).getAsJsonObject();
        assertThat(document.get("ok").getAsBoolean()).isFalse();
        assertThat(document.get("checks").getAsInt()).isEqualTo(19);
        assertThat(document.getAsJsonArray("avatars")).hasSize(2);
        assertThat(document.getAsJsonArray("avatars")
                        .get(1)
                        .getAsJsonObject()
                        .get("verdict")
                        .getAsString())
                .isEqualTo("NOT OK");
    }

    private int print(Report report, boolean json) {
        return new DemoSummary(program.invocation(), json).print(report, Optional.empty());
    }

    private static Report report(List<DemoResult> verdicts, List<String> problems) {
        boolean ok = problems.isEmpty() && verdicts.stream().allMatch(DemoResult::ok);
        return new Report(
                verdicts,
                problems,
                19,
                7,
                3,
                1,
                12,
                Duration.ofSeconds(27),
                ok ? List.of() : List.of("last line of the log"));
    }
}
