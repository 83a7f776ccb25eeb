package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.StoppableServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Three workers that otherwise search for new trainings and check each of them only once per hour, so each check
 * results from a notification or from the sweep after a connect. The application runs only its own statements.
 */
final class StartAtOnceIT {
    private final StoppableServer server = StoppableServer.create();

    @RegisterExtension
    private final Site site = Site.on(server.migrated())
            .with("monitor.interval", "1h")
            .with("reconcile.interval", "1h")
            .with("reconcile.scan-interval", "1h");

    /**
     * Inserts a training and waits until its first check is recorded and its firing is over; a worker that is killed
     * before leaves the check to another one, which repeats it.
     */
    private void insertAndAwaitCheck(WorkerProcess worker) {
        Site.Training training = site.look(avatars -> site.train(avatars, "PORTRAIT", Scenario.standard()));
        String checked = "SELECT count(*) FROM avatar_monitoring WHERE avatar_id = '%s' AND checks = 1"
                .formatted(training.avatar());
        worker.awaitWhileAlive(() -> site.rows(checked).equals(List.of("1"))
                && site.rows("SELECT count(*) FROM qrtz_fired_triggers").equals(List.of("0")));
        assertThat(site.fal().calls())
                .filteredOn(call -> training.request().equals(call.requestId()))
                .hasSize(1);
    }

    @Test
    void newTrainingIsCheckedAtOnceAlsoAfterAKillAndARestartOfTheServer() {
        List<WorkerProcess> workers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            workers.add(site.startWorker());
        }
        workers.forEach(worker -> worker.awaitOutput("listening for start requests channel="));
        assertThat(site.run("migrate", "--with-notify").exitCode(WorkerProcess.START_MAX))
                .isZero();

        insertAndAwaitCheck(workers.get(2));

        workers.get(0).sigkill();
        insertAndAwaitCheck(workers.get(2));

        server.stop();
        server.start();
        insertAndAwaitCheck(workers.get(2));

        assertThat(site.rows("SELECT count(*) FROM avatar_event WHERE type = 'watching'"))
                .containsExactly("3");
        assertThat(site.fal().calls(Op.STATUS)).hasSize(3);
    }
}
