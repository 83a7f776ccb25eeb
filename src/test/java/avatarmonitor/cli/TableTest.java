package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.cli.console.Column;
import avatarmonitor.cli.console.Json;
import avatarmonitor.cli.console.Table;
import avatarmonitor.cli.console.Terminal;
import avatarmonitor.cli.console.TextWidth;
import avatarmonitor.inspect.AgeText;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tables fit the terminal, and JSON contains the same columns in full. */
class TableTest {
    private static final Instant NOW = Program.NOW;
    private static final String ID = "0198a1b2-0000-7000-8000-000000000001";

    private final Table table = new Table(
            Column.id("avatar"), Column.text("last_error"), Column.number("checks"), Column.time("next_check"));

    @Test
    void columnsAreAligned() {
        table.row(ID, "none", 7, NOW.plusSeconds(42)).row(ID, null, 1200, NOW.minusSeconds(190));

        assertThat(table.lines(120, NOW))
                .containsExactly(
                        "AVATAR                                LAST ERROR  CHECKS  NEXT CHECK",
                        ID + "  none             7  in 42s",
                        ID + "  -             1200  3m ago");
    }

    @Test
    void fractionsHaveTwoDecimalsAtMostForPeopleAndAllInJson() {
        table.row(ID, "none", 0.1 + 0.2, null)
                .row(ID, "none", 1668.0, null)
                .row(ID, "none", 0.004, null)
                .row(ID, "none", 12.345678, null);

        assertThat(table.lines(120, NOW).stream().skip(1))
                .extracting(line -> line.replaceFirst(".*none +(\\S+) .*", "$1"))
                .containsExactly("0.3", "1668", "0", "12.35");
        assertThat(table.json().get(3).getAsJsonObject().get("checks").getAsDouble())
                .isEqualTo(12.345678);
    }

    @Test
    void longTextIsCutAndIdsAreNot() {
        table.row(ID, "x".repeat(200), 7, null);

        List<String> lines = table.lines(80, NOW);
        assertThat(lines).allMatch(line -> TextWidth.width(line) <= 80);
        assertThat(lines.get(1)).startsWith(ID + "  xxxxxxxxx").contains("x…  ");
    }

    @Test
    void narrowTerminalLosesTheLastColumnsAndNeverTheFirstTwo() {
        table.row(ID, "x".repeat(200), 7, NOW.plusSeconds(42));

        assertThat(table.lines(70, NOW).get(1)).isEqualTo(ID + "  " + "x".repeat(23) + "…       7");
        assertThat(table.lines(60, NOW).get(0)).isEqualTo("AVATAR                                LAST ERROR");
        assertThat(table.lines(20, NOW).get(1)).isEqualTo(ID + "  xxxxxxx…");
    }

    @Test
    void detailsAreInJsonOnly() {
        Table details = new Table(Column.id("avatar_id"), Column.time("ended_at")).details("worker");
        details.rows(List.of(Map.of("avatar_id", ID, "ended_at", NOW, "worker", "w-1")));

        assertThat(details.lines(120, NOW).get(0)).isEqualTo("AVATAR ID                             ENDED");
        assertThat(details.json().get(0).getAsJsonObject().get("worker").getAsString())
                .isEqualTo("w-1");
    }

    @Test
    void widestTextIsCutFirst() {
        Table texts = new Table(Column.text("a"), Column.text("b"));
        texts.row("short one", "y".repeat(100));

        assertThat(texts.lines(31, NOW).get(1)).isEqualTo("short one  " + "y".repeat(19) + "…");
    }

    @Test
    void textOfOthersCannotDriveTheTerminal() {
        table.row(ID, "\u001b[2Jgone\nnext\u202eline\u0007", 1, null);

        assertThat(table.lines(200, NOW)).hasSize(2);
        assertThat(table.lines(200, NOW).get(1)).contains("[2Jgone nextline");
    }

    @Test
    void wideCharactersTakeTwoColumns() {
        assertThat(TextWidth.width("絵文字")).isEqualTo(6);
        assertThat(TextWidth.width("🙂")).isEqualTo(2);
        assertThat(TextWidth.width("e\u0301")).isEqualTo(1);
        assertThat(TextWidth.cut("絵文字x", 6)).isEqualTo("絵文…");
        assertThat(TextWidth.cut("🙂🙂", 4)).isEqualTo("🙂🙂");
        assertThat(TextWidth.padded("絵", 4, true)).isEqualTo("  絵");
    }

    @Test
    void jsonHasEveryColumnInFullAndTimesInUtc() {
        table.row(ID, "x".repeat(200), 7, NOW).row(ID, null, 8L, null);
        Program program = new Program(Path.of("."));

        table.print(program.terminal(), true, NOW, "nothing");

        assertThat(JsonParser.parseString(program.out()))
                .isEqualTo(JsonParser.parseString("""
                        [{"avatar":"%s","last_error":"%s","checks":7,"next_check":"2026-11-22T10:00:00Z"},
                         {"avatar":"%s","last_error":null,"checks":8,"next_check":null}]""".formatted(ID, "x".repeat(200), ID)));
        assertThat(program.out()).contains("\"last_error\": null");
    }

    @Test
    void emptyTableIsAWordForPeopleAndAnEmptyArrayForPrograms() {
        Program program = new Program(Path.of("."));

        table.print(program.terminal(), false, NOW, "Nothing is watched.");
        table.print(program.terminal(), true, NOW, "Nothing is watched.");

        assertThat(program.out().lines()).containsExactly("Nothing is watched.", "[]");
    }

    @Test
    void rowOfWrongLengthIsABug() {
        assertThatThrownBy(() -> table.row(1, 2)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void timesAreSaidAsPeopleSayThem() {
        assertThat(AgeText.of(NOW.minusMillis(300), NOW)).isEqualTo("now");
        assertThat(AgeText.of(NOW.plusMillis(999), NOW)).isEqualTo("now");
        assertThat(AgeText.of(NOW.minusSeconds(1), NOW)).isEqualTo("1s ago");
        assertThat(AgeText.of(NOW.minusSeconds(59), NOW)).isEqualTo("59s ago");
        assertThat(AgeText.of(NOW.minusSeconds(239), NOW)).isEqualTo("3m ago");
        assertThat(AgeText.of(NOW.plusSeconds(3600), NOW)).isEqualTo("in 1h");
        assertThat(AgeText.of(NOW.minusSeconds(3900), NOW)).isEqualTo("1h 5m ago");
        assertThat(AgeText.of(NOW.minusSeconds(86_400 * 2 + 3 * 3600), NOW)).isEqualTo("2d 3h ago");
        assertThat(AgeText.length(Duration.ofMillis(850))).isEqualTo("850ms");
        assertThat(AgeText.length(Duration.ofSeconds(-5))).isEqualTo("-5s");
    }

    @Test
    void jsonDrivesNoTerminalAndMeansTheSame() {
        StringWriter written = new StringWriter();
        PrintWriter out = new PrintWriter(written);
        Terminal terminal = new Terminal(out, out, 120, false, false);
        table.row(ID, "\u009b31mRED\u0085\u2028\u202e\ud800é", 1, null);
        Json.print(terminal, table.json());
        Json.printLine(terminal, table.json().get(0));

        assertThat(written.toString())
                .contains("\"last_error\": \"\\u009b31mRED\\u0085\\u2028\\u202e\\ud800é\"")
                .doesNotContain("\u009b", "\u0085", "\u2028", "\u202e", "\ud800");
        assertThat(JsonParser.parseString(written.toString()
                                .substring(0, written.toString().indexOf(']') + 1))
                        .getAsJsonArray()
                        .get(0)
                        .getAsJsonObject()
                        .get("last_error")
                        .getAsString())
                .isEqualTo("\u009b31mRED\u0085\u2028\u202e\ud800é");
    }
}
