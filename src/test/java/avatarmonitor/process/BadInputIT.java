package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.emulator.http.Effect;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Site.Training;
import avatarmonitor.testing.Programs;
import avatarmonitor.testing.Programs.Ran;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Mistakes of operators and applications cause clear errors, and lose no training. */
@Execution(ExecutionMode.CONCURRENT)
final class BadInputIT {
    private static final Duration SOON = WorkerProcess.START_MAX;

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.H2);

    @Test
    void allThatIsWrongInTheConfigurationIsReportedAtOnce() throws IOException {
        Path file = Files.writeString(site.directory().resolve("my.conf"), """
                monitor { intervall = 30s, window = 2d }
                reconcile { interval = soon }
                db { pool-size = 8 }
                fal { key = "secret-of-the-file" }
                """);
        WorkerProcess worker = site.without("fal.key")
                .with("worker.concurrency", "10")
                .with("worker.shutdown-timeout", "15 parsecs")
                .run("worker", "--config", file.toString());

        assertThat(worker.exitCode(SOON)).isEqualTo(2);
        assertThat(worker.output())
                .contains("monitor.intervall")
                .contains("did you mean monitor.interval")
                .contains("reconcile.interval")
                .contains("soon")
                .contains("15 parsecs")
                .contains("monitor.window")
                .contains("db.pool-size")
                .contains("my.conf:1")
                .contains("AVATAR_MONITOR_WORKER_SHUTDOWN_TIMEOUT")
                .doesNotContain("secret-of-the-file")
                .doesNotContain("\tat ");
        assertThat(site.fal().calls()).isEmpty();
    }

    /** A report on a full disk must not pass for a whole one; a reader that stops reading is no failure. */
    @Test
    void outputThatCannotBeWrittenIsAFailure() {
        String help =
                Path.of(System.getProperty("java.home"), "bin", "java") + " -jar " + WorkerProcess.jar() + " --help";
        Ran full = Programs.run(Map.of(), "sh", "-c", help + " > /dev/full");
        assertThat(full.exit()).isEqualTo(1);
        assertThat(full.err())
                .isEqualTo("avatar-monitor: the output could not be written whole: check the space on its disk\n");
        Ran piped = Programs.run(Map.of(), "sh", "-c", "{ " + help + "; echo exit=$? >&2; } | true");
        assertThat(piped.err()).isEqualTo("exit=0\n");
    }

    @Test
    void workerWithoutAFalKeySaysHowToGiveOne() {
        WorkerProcess worker = site.without("fal.key").startWorker();
        assertThat(worker.exitCode(SOON)).isEqualTo(2);
        assertThat(worker.output()).contains("FAL_KEY").doesNotContain("\tat ");
    }

    @Test
    void refusedPasswordIsReportedWithoutAStackTrace() throws IOException {
        WorkerProcess worker = site.with("db.url", PasswordServer.urlOfLockedRole(TestDatabase.POSTGRESQL_18))
                .with("db.user", PasswordServer.ROLE)
                .with("db.password", "wrong-password-7391")
                .startWorker();
        assertThat(worker.exitCode(SOON)).isEqualTo(1);
        assertThat(worker.output())
                .contains("db.user and db.password")
                .contains("28P01")
                .doesNotContain("wrong-password-7391")
                .doesNotContain("\tat ")
                .doesNotContain("Exception");
    }

    @Test
    void requestIdThatIsAPathIsNeverSentToFal() {
        AvatarId bad = site.look(
                avatars -> avatars.training("PORTRAIT", "../../x", site.fal().now()));
        Training good = site.look(avatars -> site.train(avatars, "PORTRAIT", Scenario.ended(Outcome.success())));
        site.startWorker().awaitStarted();
        site.awaitDatabase(
                avatars -> "COMPLETED".equals(avatars.row(good.avatar()).get("status"))
                        && avatars.events(bad).equals("invalid"));
        site.write(avatars -> assertThat(avatars.row(bad)).containsEntry("status", "TRAINING"));
        assertThat(site.fal().calls(call -> !good.request().equals(call.requestId())))
                .isEmpty();
    }

    @Test
    void tooManyRequestsPausesForAsLongAsFalSaysAndGoesOn() {
        Duration pause = Duration.ofSeconds(4);
        int trainings = 10;
        site.fal()
                .inject(Fault.rateLimited(pause, Effect.RetryAfter.SECONDS)
                        .on(Op.STATUS)
                        .times(1));
        site.write(avatars -> {
            for (int i = 0; i < trainings; i++) {
                site.train(avatars, "STYLE", Scenario.ended(Outcome.success()));
            }
        });
        site.startWorker().awaitStarted();
        site.awaitAllEnded();

        Instant refused = site.fal().calls(call -> call.code() == 429).get(0).at();
        // Requests sent before the refusal may still arrive, one for each other training; two intervals pass meanwhile.
        assertThat(site.fal()
                        .calls(call -> call.at().isAfter(refused) && call.at().isBefore(refused.plus(pause))))
                .hasSizeLessThan(trainings);
        await().atMost(WorkerProcess.START_MAX).until(() -> pauses().equals(List.of("fal_paused", "fal_resumed")));
        site.write(avatars -> assertThat(avatars.count("SELECT count(*) FROM avatars WHERE status = 'COMPLETED'"))
                .isEqualTo(trainings));
    }

    private List<String> pauses() {
        return site.rows("SELECT type FROM avatar_event WHERE avatar_id IS NULL ORDER BY id");
    }
}
