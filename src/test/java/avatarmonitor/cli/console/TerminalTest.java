package avatarmonitor.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Line widths, and when escape sequences are written. */
class TerminalTest {

    @ParameterizedTest
    @CsvSource({"80,80", "200,200", "5,40", "9999,1000", "'',1000000", "wide,1000000"})
    void widthIsThatOfTheVariableIfItMakesSense(String columns, int width) {
        assertThat(Terminal.width(Map.of("COLUMNS", columns), false)).isEqualTo(width);
    }

    @Test
    void nothingIsCutWhereNobodyLooks() {
        assertThat(Terminal.width(Map.of(), false)).isEqualTo(1_000_000);
    }

    @Test
    void escapesAreWrittenOnlyWhereColorsAreWanted() {
        PrintWriter nowhere = new PrintWriter(new StringWriter());

        assertThat(new Terminal(nowhere, nowhere, 80, true, true).bold("x")).isEqualTo("\u001b[1mx\u001b[0m");
        assertThat(new Terminal(nowhere, nowhere, 80, true, false).bold("x")).isEqualTo("x");
    }
}
