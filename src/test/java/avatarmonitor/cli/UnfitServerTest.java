package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.fal.FalKey;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.PgBouncer;
import avatarmonitor.testing.ReplicatedServer;
import avatarmonitor.testing.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Error messages and exit codes of commands on a server where no worker can run. */
final class UnfitServerTest {
    @TempDir
    private Path directory = Path.of(".");

    @AutoClose
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local().withKey(new FalKey("id:right")));

    private Program at(StoreConfig server) {
        return new Program(directory)
                .realTime()
                .on(server)
                .variable("AVATAR_MONITOR_FAL_BASE_URL", fal.baseUri().toString())
                .variable("AVATAR_MONITOR_HTTP_ENABLED", "false")
                .variable("FAL_KEY", "id:right");
    }

    @Test
    void standbyIsNamedAndNoCommandThatWritesSucceeds() throws Exception {
        try (ReplicatedServer servers = ReplicatedServer.start(TestDatabase.POSTGRESQL_18)) {
            StoreConfig primary = ReplicatedServer.config(servers.primaryPort());
            StoreConfig standby = ReplicatedServer.config(servers.standbyPort());
            Program fine = at(primary);
            assertThat(fine.run("doctor")).as(fine.out()).isZero();

            Program doctor = at(standby);
            assertThat(doctor.run("doctor")).as(doctor.out()).isEqualTo(1);
            assertThat(doctor.out().lines().filter(line -> line.startsWith("FAIL server:")))
                    .singleElement()
                    .asString()
                    .contains("standby", "let db.url lead to the primary");
            for (String command : new String[] {"migrate", "worker", "reconcile"}) {
                Program writing = at(standby);
                assertThat(writing.run(command)).as(command).isEqualTo(1);
                assertThat(writing.err())
                        .as(command)
                        .contains("standby", "let db.url lead to the primary")
                        .doesNotContain("Exception", "bug");
            }
            Program list = at(standby);
            assertThat(list.run("list")).as("looking is what a standby is for").isZero();
        }
    }

    @Test
    void poolerThatSharesSessionsIsNamedAndEveryCommandIsAWrongConfiguration() throws Exception {
        PgBouncer.require(UnfitServerTest.class);
        try (TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh();
                PgBouncer pooler = PgBouncer.before(fresh.config(), "transaction")) {
            for (String command : new String[] {"migrate", "worker", "reconcile", "list"}) {
                Program program = at(pooler.config());
                assertThat(program.run(command)).as(command + program.err()).isEqualTo(2);
                assertThat(program.err())
                        .as(command)
                        .contains("behind a connection pooler that shares sessions", "pool_mode = session");
            }
            Program doctor = at(pooler.config());
            assertThat(doctor.run("doctor")).isEqualTo(1);
            assertThat(doctor.out().lines().filter(line -> line.startsWith("FAIL")))
                    .singleElement()
                    .asString()
                    .contains("behind a connection pooler that shares sessions", "pool_mode = session");
        }
    }
}
