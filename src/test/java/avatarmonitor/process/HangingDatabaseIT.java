package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.Course;
import avatarmonitor.emulator.Fault;
import avatarmonitor.emulator.Op;
import avatarmonitor.emulator.Scenario;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The network to the database drops everything, or the database is down: a worker can be stopped all the same. */
final class HangingDatabaseIT {
    private static final int TRAININGS = 60;
    private static final Duration TIMEOUT = Duration.ofSeconds(4);
    /** Until the operating system has noticed the end of a process on a busy machine. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.POSTGRESQL_18);

    private final TcpProxy network = site.behindProxy();

    HangingDatabaseIT() {
        site.with("worker.shutdown-timeout", "4s").with("fal.timeout", "30s");
    }

    @Test
    void stopsInTimeWhileTheDatabaseHangs() {
        handOver();
        WorkerProcess worker = site.startWorker();
        worker.awaitWhileAlive(() -> site.fal().calls(Op.STATUS).size() >= TRAININGS);
        network.swallowEverything();
        worker.sigterm();
        assertCouldNotLeave(worker);
    }

    @Test
    void stopsInTimeWhileDatabaseAndFalHang() {
        handOver();
        site.fal().inject(Fault.hang());
        WorkerProcess worker = site.startWorker();
        worker.awaitWhileAlive(() -> site.fal().calls().size() >= 10);
        network.swallowEverything();
        worker.sigterm();
        worker.exitCode(TIMEOUT.plus(SLACK));
    }

    @Test
    void stopsInTimeWhileTheDatabaseIsDown() throws Exception {
        handOver();
        WorkerProcess worker = site.startWorker();
        worker.awaitWhileAlive(() -> site.fal().calls(Op.STATUS).size() >= TRAININGS);
        network.close();
        worker.sigterm();
        assertCouldNotLeave(worker);
    }

    @Test
    void stopsInTimeWhileTheDatabaseIsDownAndFalHangs() throws Exception {
        handOver();
        site.fal().inject(Fault.hang());
        WorkerProcess worker = site.startWorker();
        worker.awaitWhileAlive(() -> site.fal().calls().size() >= 10);
        network.close();
        worker.sigterm();
        worker.exitCode(TIMEOUT.plus(SLACK));
    }

    @Test
    void stopsInTimeWhileItStillWaitsForTheDatabase() {
        network.swallowEverything();
        WorkerProcess worker = site.startWorker();
        worker.awaitWhileAlive(() -> network.accepted() > 0);
        worker.sigterm();
        worker.exitCode(TIMEOUT.plus(SLACK));
        assertThat(worker.output()).doesNotContain("worker started");
    }

    private static void assertCouldNotLeave(WorkerProcess worker) {
        assertThat(worker.exitCode(TIMEOUT.plus(SLACK))).isEqualTo(1);
        assertThat(worker.output()).contains("worker stopped", "left=false");
    }

    private void handOver() {
        site.write(avatars -> {
            for (int i = 0; i < TRAININGS; i++) {
                site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS));
            }
        });
    }
}
