package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.Receiver;
import avatarmonitor.testing.Receiver.Received;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A worker dies while it delivers an alert: another one delivers it. Takes twenty seconds, mostly waiting. */
@Execution(ExecutionMode.CONCURRENT)
final class AlertIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @AutoClose
    private final Receiver receiver = new Receiver();

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.POSTGRESQL_18)
            .with("log.level", "trace")
            .with("alerts.gather", "1s")
            .with("alerts.timeout", "2s")
            .with("alerts.webhook.url", receiver.url().toString())
            .with("alerts.webhook.secret", Receiver.SECRET)
            .with("alerts.callback.url", receiver.url() + "/ended")
            .with("alerts.callback.secret", Receiver.SECRET);

    @Test
    void killedWorkerLeavesNothingUntold() {
        receiver.hold(true);
        WorkerProcess victim = site.startWorker(Map.of("worker.name", "victim")).awaitStarted();
        Site.Training training =
                site.look(avatars -> site.train(avatars, "PORTRAIT", Scenario.ended(Outcome.success())));
        assertThat(site.run("reconcile").exitCode(WorkerProcess.START_MAX)).isZero();
        await().atMost(SOON).until(() -> !receiver.received().isEmpty());
        Received begun = receiver.received().get(0);
        victim.sigkill();
        receiver.hold(false);

        WorkerProcess heir = site.startWorker(Map.of("worker.name", "heir")).awaitStarted();
        await().atMost(SOON).until(() -> receiver.taken().stream().anyMatch(Received::isCallback));
        await().atMost(SOON).until(() -> receiver.taken().stream().anyMatch(message -> !message.isCallback()));

        Received ended = receiver.taken().stream()
                .filter(Received::isCallback)
                .findFirst()
                .orElseThrow();
        assertThat(ended.id()).as("the receiver can tell the repetition").isEqualTo(begun.id());
        assertThat(ended.signed()).isTrue();
        assertThat(ended.text("type")).isEqualTo("completed");
        assertThat(ended.text("avatar_id")).isEqualTo(training.avatar().toString());
        assertThat(ended.text("fal_request_id")).isEqualTo(training.request());
        Received lost = receiver.taken().stream()
                .filter(message -> !message.isCallback())
                .findFirst()
                .orElseThrow();
        assertThat(lost.signed()).isTrue();
        assertThat(lost.text("alert")).isEqualTo("worker_lost");
        heir.awaitOutput("LogChannel alert alert=worker_lost news=begun events=1");
        for (WorkerProcess process : new WorkerProcess[] {victim, heir}) {
            assertThat(process.output()).doesNotContain(Receiver.SECRET).doesNotContain(Receiver.TOKEN);
        }
        assertThat(site.rows("SELECT CAST(body AS text) || coalesce(last_error, '') FROM avatar_monitor_delivery"))
                .noneMatch(row -> row.contains(Receiver.SECRET) || row.contains(Receiver.TOKEN));
        heir.sigterm();
        assertThat(heir.exitCode(Duration.ofSeconds(16))).isZero();
    }
}
