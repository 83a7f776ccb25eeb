package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.StoreException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A command that ends by an exception tells people what to do, and scripts that it failed. */
class FailuresTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            08001 | cannot be reached
            57P03 | cannot be reached
            28P01 | db.password
            28000 | db.password
            3D000 | no database of that name
            42501 | lacks a right
            42P01 | avatar-monitor migrate
            42S02 | avatar-monitor migrate
            53300 | no room left
            90020 | H2 file
            XX000 | doctor
            """)
    void databaseFailureIsOneParagraphByItsState(String state, String advice) {
        Program program = new Program(directory);

        int exit = program.runProbe(
                invocation -> {
                    throw new StoreException(new SQLException("the server\nsaid so", state));
                },
                "probe");

        assertThat(exit).isEqualTo(1);
        assertThat(program.err().lines()).hasSize(1);
        assertThat(program.err()).contains(advice, "the server said so", state).doesNotContain("\tat ");
        assertThat(program.out()).isEmpty();
    }

    @Test
    void databaseFailureWithoutStateIsToldToo() {
        Program program = new Program(directory);

        assertThat(program.runProbe(
                        invocation -> {
                            throw new StoreException(new SQLException("pool is empty"));
                        },
                        "probe"))
                .isEqualTo(1);
        assertThat(program.err()).contains("pool is empty", "doctor");
    }

    @Test
    void anythingElseIsOurBug() {
        Program program = new Program(directory);

        assertThat(program.runProbe(
                        invocation -> {
                            throw new IllegalStateException("row 7");
                        },
                        "probe"))
                .isEqualTo(1);
        assertThat(program.err())
                .contains("bug in avatar-monitor", "IllegalStateException")
                .doesNotContain("\tat ");
    }
}
