package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.StoreException;
import avatarmonitor.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A command that ends by an exception prints advice and returns an exit code for scripts. */
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
    void secretThatADriverRepeatsIsNotPrinted() {
        Program program = new Program(directory).variable("FAL_KEY", "0198-key-id:5ecret-of-the-key");

        assertThat(program.runProbe(
                        invocation -> {
                            assertThat(invocation.settings().fal().key()).isNotNull();
                            throw new StoreException(new SQLException(
                                    "server said 5ecret-of-the-key of 0198-key-id \u009b31m", "XX000"));
                        },
                        "probe"))
                .isEqualTo(1);
        assertThat(program.err()).contains("server said *** of *** 31m").doesNotContain("5ecret", "\u009b");
    }

    @Test
    void databaseFailureWithoutStateIsReportedToo() {
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
    void failureThatExplainsItselfIsNotExplainedTwice() {
        Program program =
                new Program(directory).variable("AVATAR_MONITOR_DB_URL", "jdbc:postgresql://127.0.0.1:1/none");

        assertThat(program.run("list")).isEqualTo(1);
        assertThat(program.err())
                .startsWith(
                        "avatar-monitor: cannot open database jdbc:postgresql://127.0.0.1:1/none: it cannot be reached")
                .doesNotContain("It said");
        assertThat(program.err().lines()).hasSize(1);
    }

    @Test
    void failureThatTheSchedulerWrappedIsReportedByItsState() throws Exception {
        try (CommandFixture fixture = new CommandFixture(TestDatabase.H2)) {
            fixture.training("req-1");
            fixture.avatars.run("DROP TABLE qrtz_locks");

            CommandFixture.Ran ran = fixture.run("reconcile");

            assertThat(ran.exit()).isEqualTo(1);
            assertThat(ran.err()).contains("run avatar-monitor migrate").doesNotContain("bug in", "\tat ");
        }
    }

    @Test
    void interruptionIsNoBug() {
        Program program = new Program(directory);

        int exit = program.runProbe(
                invocation -> {
                    throw new InterruptedException();
                },
                "probe");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(exit).isEqualTo(1);
        assertThat(program.err()).contains("stopped before it was done").doesNotContain("bug");
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
