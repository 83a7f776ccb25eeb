package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * With the default check-in interval, a killed worker is detected in time: within ten seconds on a calm machine, which
 * is printed.
 */
final class LostWorkerIT {
    private static final int TRAININGS = 40;
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(50);

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.POSTGRESQL_18)
            .without("cluster.check-in-interval")
            .with("fal.timeout", "20s");

    @Test
    void killedWorkerIsNoticedAndWhatItHeldIsFree() {
        WorkerProcess heir = site.with("worker.name", "heir").startWorker().awaitStarted();
        WorkerProcess victim = site.with("worker.name", "victim").startWorker().awaitStarted();
        site.fal().inject(Fault.delay(Duration.ofSeconds(2), Duration.ofSeconds(3)));
        site.write(avatars -> {
            for (int i = 0; i < TRAININGS; i++) {
                site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS));
            }
        });
        assertThat(site.run("reconcile").exitCode(WorkerProcess.START_MAX)).isZero();
        String held = "SELECT count(*) FROM qrtz_fired_triggers WHERE instance_name LIKE 'victim-%'";
        site.awaitDatabase(avatars -> avatars.count(held) > 0);
        try (Database open = Database.open(site.databaseConfig())) {
            long killed = System.nanoTime();
            victim.sigkill();
            await().atMost(NOTICED_WITHIN)
                    .pollInterval(LOOK)
                    .until(() -> Sql.rows(open, "SELECT 1 FROM avatar_event WHERE type = 'worker_lost'")
                                    .size()
                            == 1);
            System.out.println("LostWorkerIT noticed after " + Duration.ofNanos(System.nanoTime() - killed));

            // Written in one transaction with the event.
            assertThat(Sql.rows(open, held)).containsExactly("0");
            assertThat(Sql.rows(
                            open,
                            "SELECT worker, detail ->> 'instance', CAST(detail ->> 'firings_taken_over' AS int) > 0"
                                    + " FROM avatar_event WHERE type = 'worker_lost'"))
                    .singleElement()
                    .asString()
                    .matches("heir-\\w+\\|victim-\\w+\\|t");
            assertThat(Sql.rows(open, "SELECT instance_name FROM qrtz_scheduler_state"))
                    .singleElement()
                    .asString()
                    .startsWith("heir-");
        }
        assertThat(heir.output()).contains("WARN  FiringRelease worker lost instance=victim-");
        heir.sigterm();
        assertThat(heir.exitCode(WorkerProcess.START_MAX)).isZero();
        assertThat(site.rows("SELECT 1 FROM avatar_event WHERE type = 'worker_lost'"))
                .as("who leaves in order is not lost")
                .hasSize(1);
    }
}
