package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Privileges in {@code doctor}: those of the role of a worker, and permissions of files with secrets. */
class DoctorRightsTest {
    @TempDir
    private Path directory = Path.of(".");

    @Test
    void rightsToOurOwnTablesAndFunctionsAreReportedWithTheirGrants() {
        try (TestDatabase.Fresh postgres = TestDatabase.POSTGRESQL_18.fresh()) {
            StoreConfig config = postgres.role("ALL ON ALL TABLES IN SCHEMA public");
            String worker = config.user();
            Sql.run(
                    postgres.database(),
                    "REVOKE DELETE ON qrtz_triggers FROM " + worker,
                    "REVOKE SELECT ON v_watched FROM " + worker,
                    "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC");
            Program program = new Program(directory)
                    .realTime()
                    .on(config)
                    .variable("FAL_KEY", "id:secret")
                    .variable("AVATAR_MONITOR_FAL_BASE_URL", "http://127.0.0.1:1");

            assertThat(program.run("doctor")).as(program.out()).isEqualTo(1);
            assertThat(program.out())
                    .contains(
                            "run GRANT SELECT, INSERT, UPDATE, DELETE ON public.qrtz_triggers TO " + worker,
                            "run GRANT SELECT ON public.v_watched TO " + worker,
                            "run GRANT EXECUTE ON FUNCTION avatar_monitor_training_rows() TO " + worker);
        }
    }

    @Test
    void secretThatEveryLocalUserCanReadIsAWarning() throws Exception {
        Path key = Files.writeString(directory.resolve("key"), "id:secret\n");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        Program program = new Program(directory)
                .realTime()
                .variable("FAL_KEY_FILE", key.toString())
                .variable("AVATAR_MONITOR_FAL_BASE_URL", "http://127.0.0.1:1");

        assertThat(program.run("doctor")).isEqualTo(1);
        assertThat(program.out().lines().filter(line -> line.startsWith("warn configuration:")))
                .singleElement()
                .asString()
                .contains("FAL_KEY_FILE", "not rw-r--r--", "chmod 600");
    }
}
