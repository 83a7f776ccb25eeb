package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pause of polling by an operator holds after kills of all workers and after repairs, until it is resumed. */
final class PauseIT {
    private static final String FIRES =
            "SELECT times_triggered FROM qrtz_simple_triggers WHERE trigger_group = 'avatar'";

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.POSTGRESQL_18).with("monitor.interval", "1s");

    @Test
    void pauseHoldsAfterKillsAndRepairsUntilItIsResumed() {
        WorkerProcess first = site.startWorker().awaitStarted();
        WorkerProcess second = site.startWorker().awaitStarted();
        String request = site.look(
                        avatars -> site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS)))
                .request();
        run("reconcile");
        await().until(() -> requests(request) > 0);
        run("pause", "--reason", "maintenance at fal");

        try (Database open = Database.open(site.databaseConfig())) {
            await().until(() -> {
                int before = requests(request);
                awaitFires(open, 3);
                return requests(request) == before;
            });
            int before = requests(request);
            first.sigkill();
            second.sigkill();
            WorkerProcess heir = site.startWorker().awaitStarted();
            run("reconcile");
            run("doctor", "--repair");
            awaitFires(open, 3);
            assertThat(requests(request)).isEqualTo(before);
            assertThat(heir.isAlive()).isTrue();

            site.fal().change(request, Scenario.ended(Outcome.success()));
            run("resume");
            site.awaitAllEnded();
            assertThat(Sql.rows(open, "SELECT status FROM avatars")).containsExactly("COMPLETED");
        }
    }

    private int requests(String request) {
        return site.fal().calls(request, Op.STATUS).size();
    }

    private void run(String... command) {
        WorkerProcess ended = site.run(command);
        assertThat(ended.exitCode(WorkerProcess.START_MAX)).as(ended.output()).isZero();
    }

    private static void awaitFires(Database open, int more) {
        long from = fires(open);
        await().until(() -> fires(open) >= from + more);
    }

    private static long fires(Database open) {
        return Sql.rows(open, FIRES).stream()
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
    }
}
