package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Site.Training;
import avatarmonitor.testing.FakedServer;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A PostgreSQL server whose own clock jumps by a day, alone or together with the worker on the same machine. */
final class ServerClockIT {
    private static final int DAY = 86_400;
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(60);

    /** A day ahead by the clock of the test, which is right. */
    private static final String AHEAD = "SELECT count(*) FROM qrtz_triggers WHERE next_fire_time > ?";

    private final FakeTime clock = FakeTime.right(directory(), ServerClockIT.class);

    @RegisterExtension
    private final Site site = Site.on(FakedServer.start(TestDatabase.POSTGRESQL_18, clock.environment()))
            .with("reconcile.stalled-action", "error")
            .with("reconcile.scan-interval", "2s");

    private final List<Training> trainings = new ArrayList<>();

    private static Path directory() {
        try {
            return Files.createTempDirectory("avatar-monitor-clock-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void train() {
        site.write(avatars -> {
            for (int i = 0; i < 3; i++) {
                trainings.add(site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS)));
            }
        });
    }

    @Test
    void workerStandsByWhileTheServerIsADayOffAndThenGoesOn() {
        train();
        WorkerProcess worker = site.startWorker().awaitStarted();
        for (int jump : List.of(DAY, -DAY)) {
            awaitChecks(worker);
            int offs = count(worker, "clock is wrong");
            clock.ahead(jump);
            worker.awaitWhileAlive(NOTICED_WITHIN, () -> count(worker, "clock is wrong") > offs);
            WorkerProcess doctor = site.run("doctor");
            assertThat(doctor.exitCode(NOTICED_WITHIN)).isEqualTo(1);
            assertThat(doctor.output())
                    .containsPattern("FAIL clock: +the clock of this machine is .* (behind|ahead of)");
            int rights = count(worker, "clock is right again");
            clock.ahead(0);
            worker.awaitWhileAlive(NOTICED_WITHIN, () -> count(worker, "clock is right again") > rights);
        }
        awaitChecks(worker);
        assertThat(site.rows("SELECT DISTINCT type FROM avatar_event ORDER BY 1"))
                .as("a time that was written in the second of the jump is repaired, and nothing else happens")
                .contains("clock_off", "clock_right")
                .isSubsetOf("clock_off", "clock_right", "watching", "repaired");
        assertNothingIsWrong();
    }

    @Test
    void whatWasWrittenWhileServerAndWorkerWereADayAheadIsRepaired() {
        clock.environment().forEach(site::withVariable);
        site.with("monitor.max-age", "7d");
        train();
        WorkerProcess worker = site.startWorker().awaitStarted();
        awaitChecks(worker);
        clock.ahead(DAY);
        worker.awaitWhileAlive(Duration.ofSeconds(60), () -> ahead() >= trainings.size());
        clock.ahead(0);

        worker.awaitWhileAlive(Duration.ofSeconds(60), () -> ahead() == 0);
        awaitChecks(worker);
        assertThat(site.rows(
                        "SELECT count(*) > 0 FROM avatar_event WHERE type = 'repaired' AND at < current_timestamp"))
                .containsExactly("t");
        assertNothingIsWrong();
        WorkerProcess doctor = site.run("doctor");
        int unused = doctor.exitCode(NOTICED_WITHIN);
        assertThat(doctor.output())
                .containsPattern("ok +clock:")
                .containsPattern("ok +schedule: +nothing is wrong")
                .doesNotContain("FAIL");
    }

    private void assertNothingIsWrong() {
        site.awaitDatabase(avatars -> avatars.count("SELECT count(*) FROM v_future_times") == 0
                && avatars.count("SELECT count(*) FROM v_stuck_triggers") == 0
                && avatars.count("SELECT count(*) FROM v_unwatched") == 0
                && avatars.count("SELECT count(*) FROM v_watched") == trainings.size());
        assertThat(ahead()).isZero();
        assertThat(site.rows("SELECT count(*) FROM avatars WHERE status <> 'TRAINING'"))
                .containsExactly("0");
    }

    private int ahead() {
        long tomorrow = site.fal().now().plusSeconds(DAY / 2).toEpochMilli();
        return site.look(avatars -> avatars.count(AHEAD, tomorrow));
    }

    private void awaitChecks(WorkerProcess worker) {
        Instant since = site.fal().now();
        worker.awaitWhileAlive(
                Duration.ofSeconds(60),
                () -> trainings.stream()
                        .allMatch(training -> site.fal().calls(training.request(), Op.STATUS).stream()
                                .anyMatch(call -> call.at().isAfter(since))));
    }

    private static int count(WorkerProcess worker, String text) {
        return worker.output().split(text, -1).length - 1;
    }
}
