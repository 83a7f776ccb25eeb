package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Site.Training;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A worker with a wrong clock does not start; one whose clock goes wrong stands by, and continues once it is right. */
@Execution(ExecutionMode.CONCURRENT)
final class ClockIT {
    private static final int HOUR = 3_600;

    /**
     * libfaketime reads its file once a second, the worker measures once a second; the rest allows for a busy machine.
     */
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(60);

    private static final String TRIGGERS = """
            SELECT count(*) FROM qrtz_triggers
            WHERE next_fire_time > EXTRACT(EPOCH FROM current_timestamp) * 1000 + 3700000""";

    @RegisterExtension
    private final Site postgres = Site.on(TestDatabase.POSTGRESQL_18)
            .with("reconcile.stalled-action", "error")
            .with("reconcile.scan-interval", "2s");

    @RegisterExtension
    private final Site h2 =
            Site.on(TestDatabase.H2).with("reconcile.stalled-action", "error").with("reconcile.scan-interval", "2s");

    @Test
    void workerThatIsHalfAMinuteAheadIsRefused() {
        FakeTime clock = FakeTime.right(postgres.directory(), ClockIT.class).ahead(30);
        clock.environment().forEach(postgres::withVariable);
        WorkerProcess worker = postgres.startWorker();

        assertThat(worker.exitCode(WorkerProcess.START_MAX)).isEqualTo(1);
        assertThat(worker.output())
                .containsPattern("avatar-monitor: the clock of this machine is (29|30)\\.\\d s ahead of"
                        + " the database's, more than the 2 s that are allowed: let NTP set both clocks")
                .doesNotContain("worker started", "Exception");
        assertThat(postgres.rows("SELECT instance_name FROM qrtz_scheduler_state"))
                .isEmpty();
    }

    @Test
    void oneOfTwoWorkersOnPostgresqlWhoseClockJumpsEndsAndMovesNothing() {
        List<Training> trainings = trainings(postgres);
        postgres.startWorker().awaitStarted();
        FakeTime clock = FakeTime.right(postgres.directory(), ClockIT.class);
        clock.environment().forEach(postgres::withVariable);
        WorkerProcess faked = postgres.startWorker().awaitStarted();
        for (int jump : List.of(25 * HOUR, HOUR, -2 * HOUR)) {
            jumpAndBack(postgres, trainings, clock, faked, jump, true);
        }
        assertNothingEnded(postgres);
    }

    @Test
    void workerOnH2WhoseClockJumpsStandsByUntilItIsBack() {
        List<Training> trainings = trainings(h2);
        FakeTime clock = FakeTime.right(h2.directory(), ClockIT.class);
        clock.environment().forEach(h2::withVariable);
        WorkerProcess worker = h2.startWorker().awaitStarted();
        for (int jump : List.of(25 * HOUR, -2 * HOUR)) {
            jumpAndBack(h2, trainings, clock, worker, jump, false);
        }
        assertNothingEnded(h2);
    }

    @Test
    void whatAWorkerOnH2WithAWrongClockLeftInTheFutureIsRepairedByTheNextOne() {
        List<Training> trainings = trainings(h2);
        FakeTime clock = FakeTime.right(h2.directory(), ClockIT.class).ahead(2 * HOUR);
        clock.environment().forEach(h2::withVariable);
        WorkerProcess wrong = h2.startWorker().awaitStarted();
        wrong.awaitWhileAlive(NOTICED_WITHIN, () -> checkedSince(h2, trainings, Instant.EPOCH));
        wrong.sigterm();
        assertThat(wrong.exitCode(Duration.ofSeconds(30))).isZero();
        clock.ahead(0);

        Instant right = h2.fal().now();
        WorkerProcess next = h2.startWorker().awaitStarted();
        next.awaitWhileAlive(Duration.ofSeconds(60), () -> checkedSince(h2, trainings, right));
        h2.awaitDatabase(avatars -> avatars.count("SELECT count(*) FROM v_future_times") == 0
                && avatars.count(TRIGGERS) == 0
                && avatars.count("SELECT count(*) FROM avatar_event WHERE type = 'repaired'") > 0);
        h2.write(avatars -> assertThat(avatars.count("SELECT count(*) FROM avatars WHERE status <> 'TRAINING'"))
                .isZero());
    }

    private static List<Training> trainings(Site site) {
        List<Training> trainings = new ArrayList<>();
        site.write(avatars -> {
            for (int i = 0; i < 5; i++) {
                trainings.add(site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS)));
            }
        });
        return trainings;
    }

    /** @param others whether other workers continue meanwhile */
    private static void jumpAndBack(
            Site site, List<Training> trainings, FakeTime clock, WorkerProcess worker, int jump, boolean others) {
        Instant before = site.fal().now();
        worker.awaitWhileAlive(NOTICED_WITHIN, () -> checkedSince(site, trainings, before));
        int offs = count(worker, "clock is wrong");
        clock.ahead(jump);
        worker.awaitWhileAlive(NOTICED_WITHIN, () -> count(worker, "clock is wrong") > offs);
        Instant during = site.fal().now();
        if (others) {
            worker.awaitWhileAlive(NOTICED_WITHIN, () -> checkedSince(site, trainings, during));
        }
        // Longer than two scans and several intervals.
        worker.awaitWhileAlive(NOTICED_WITHIN, () -> site.fal().now().isAfter(during.plusSeconds(6)));
        assertThat(checkedSince(site, trainings, during)).isEqualTo(others);
        int rights = count(worker, "clock is right again");
        clock.ahead(0);
        worker.awaitWhileAlive(NOTICED_WITHIN, () -> count(worker, "clock is right again") > rights);
        Instant after = site.fal().now();
        worker.awaitWhileAlive(NOTICED_WITHIN, () -> checkedSince(site, trainings, after));
    }

    private static int count(WorkerProcess worker, String text) {
        return worker.output().split(text, -1).length - 1;
    }

    private static boolean checkedSince(Site site, List<Training> trainings, Instant since) {
        return trainings.stream()
                .allMatch(training -> site.fal().calls(training.request(), Op.STATUS).stream()
                        .anyMatch(call -> call.at().isAfter(since)));
    }

    private static void assertNothingEnded(Site site) {
        site.write(avatars -> {
            assertThat(types(avatars)).containsExactlyInAnyOrder("watching", "clock_off", "clock_right");
            assertThat(avatars.count("SELECT count(*) FROM avatars WHERE status <> 'TRAINING'"))
                    .isZero();
            assertThat(avatars.count(
                            "SELECT count(*) FROM avatar_event WHERE at > current_timestamp + INTERVAL '1' MINUTE"))
                    .isZero();
            assertThat(avatars.count(TRIGGERS)).isZero();
            assertThat(avatars.count("SELECT count(*) FROM v_watched")).isEqualTo(5);
        });
    }

    /** Without repairs of times that were written between a jump and its detection. */
    private static Set<String> types(Avatars avatars) {
        return avatars.rows("SELECT type, detail FROM avatar_event").stream()
                .filter(row -> !("repaired".equals(row.get("type"))
                        && String.valueOf(row.get("detail")).contains("\"kind\":\"future\"")))
                .map(row -> String.valueOf(row.get("type")))
                .collect(Collectors.toSet());
    }
}
