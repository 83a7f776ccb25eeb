package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The network to the database drops everything, or the database is down: a worker can still be stopped, and reports
 * that it is not ready.
 */
final class HangingDatabaseIT {
    private static final int TRAININGS = 60;
    private static final Duration TIMEOUT = Duration.ofSeconds(7);
    /** Allowance for a busy machine; less than the time in which fal would answer. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    /** A supervisor's timeout, with an allowance for a busy machine. */
    private static final Duration PROBE = Duration.ofSeconds(6);

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.POSTGRESQL_18);

    private final TcpProxy network = site.behindProxy();

    HangingDatabaseIT() {
        site.with("worker.shutdown-timeout", "7s").with("fal.timeout", "30s");
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

    @Test
    void isSoonNotReadyWhileTheDatabaseHangsAndReadyWhenItIsBack() throws Exception {
        int port = DashboardIT.freePort();
        site.with("http.enabled", "true").with("http.port", String.valueOf(port));
        site.startWorker().awaitStarted();
        URI ready = URI.create("http://127.0.0.1:" + port + "/readyz");
        awaitStatus(ready, 200);
        network.swallowEverything();

        awaitStatus(ready, 503);
        assertThat(get(ready).body()).contains("the database does not answer");

        network.letThrough();
        awaitStatus(ready, 200);
    }

    private static void awaitStatus(URI uri, int wanted) {
        await().atMost(WorkerProcess.START_MAX)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> get(uri).statusCode() == wanted);
    }

    /** Sends a request with the timeout of a supervisor. */
    private static HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(PROBE).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
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
