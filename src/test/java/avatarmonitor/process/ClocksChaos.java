package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Site.Training;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The clocks of two of three workers jump by half a minute, one ahead and one back: no worker is considered dead, no
 * training ends twice.
 */
final class ClocksChaos {
    private static final int TRAININGS = 60;
    private static final int JUMP_SECONDS = 30;

    /** A worker compares its clock each second; the rest allows for a busy machine. */
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(60);

    private static final List<Outcome> OUTCOMES =
            List.of(Outcome.success(), Outcome.validationError("image_too_small", "too small"), Outcome.cancelled());
    private static final List<String> STATUSES = List.of("COMPLETED", "ERROR", "CANCELLED");

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.POSTGRESQL_18).with("monitor.interval", "2s");

    @Test
    void workersWhoseClocksJumpLoseNobodyAndEndNothingTwice() {
        // Records each change of a status and its writer.
        site.write(avatars -> {
            avatars.run("CREATE TABLE written (avatar_id uuid, status text, at timestamptz DEFAULT clock_timestamp())");
            avatars.run("""
                    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN INSERT INTO written (avatar_id, status) VALUES (new.id, new.status); RETURN new; END $$""");
            avatars.run("CREATE TRIGGER note AFTER UPDATE OF status ON avatars FOR EACH ROW EXECUTE FUNCTION note()");
        });
        List<Training> trainings = new ArrayList<>();
        site.write(avatars -> {
            for (int i = 0; i < TRAININGS; i++) {
                trainings.add(site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS)));
            }
        });
        FakeTime ahead = FakeTime.right(site.directory(), ClocksChaos.class);
        FakeTime behind = FakeTime.right(site.directory(), ClocksChaos.class);
        WorkerProcess right = site.with("worker.name", "right").startWorker();
        ahead.environment().forEach(site::withVariable);
        WorkerProcess fast = site.with("worker.name", "fast").startWorker();
        behind.environment().forEach(site::withVariable);
        WorkerProcess slow = site.with("worker.name", "slow").startWorker();
        List<WorkerProcess> workers = List.of(right, fast, slow);
        workers.forEach(WorkerProcess::awaitStarted);
        site.awaitDatabase(avatars -> avatars.count("SELECT count(DISTINCT last_worker) FROM avatar_monitoring") == 3);

        ahead.ahead(JUMP_SECONDS);
        behind.ahead(-JUMP_SECONDS);
        for (int i = 0; i < TRAININGS; i++) {
            Scenario scenario = Scenario.standard()
                    .withQueue(Duration.ZERO, 0)
                    .withRun(Duration.ofMillis(700L * i))
                    .withOutcome(OUTCOMES.get(i % OUTCOMES.size()));
            site.fal().change(trainings.get(i).request(), scenario);
        }
        for (WorkerProcess worker : List.of(fast, slow)) {
            worker.awaitWhileAlive(SEEN_WITHIN, () -> worker.output().contains("clock is wrong"));
        }
        ahead.ahead(0);
        behind.ahead(0);
        for (WorkerProcess worker : List.of(fast, slow)) {
            worker.awaitWhileAlive(SEEN_WITHIN, () -> worker.output().contains("clock is right again"));
        }
        site.awaitAllEnded();

        site.write(avatars -> {
            for (int i = 0; i < TRAININGS; i++) {
                Training training = trainings.get(i);
                String status = STATUSES.get(i % STATUSES.size());
                assertThat(avatars.row(training.avatar())).containsEntry("status", status);
                assertThat(List.of(avatars.events(training.avatar()).split(",")))
                        .as("events of avatar %s", i)
                        .filteredOn(event ->
                                List.of("completed", "failed", "cancelled").contains(event))
                        .containsExactly(event(status));
            }
            assertThat(avatars.count("SELECT count(*) FROM written")).isEqualTo(TRAININGS);
            assertThat(avatars.count("SELECT count(*) FROM avatar_event WHERE type = 'worker_lost'"))
                    .isZero();
            assertThat(avatars.count("SELECT count(*) FROM avatar_event WHERE type IN ('clock_off', 'clock_right')"))
                    .isEqualTo(4);
        });
        assertThat(right.output()).doesNotContain("clock is wrong");
        for (WorkerProcess worker : workers) {
            worker.sigterm();
            assertThat(worker.exitCode(Duration.ofSeconds(16))).isZero();
        }
    }

    @Test
    void workerThatIsHalfAMinuteBehindIsRefused() {
        FakeTime clock = FakeTime.right(site.directory(), ClocksChaos.class).ahead(-JUMP_SECONDS);
        clock.environment().forEach(site::withVariable);
        WorkerProcess worker = site.startWorker();
        assertThat(worker.exitCode(WorkerProcess.START_MAX)).isEqualTo(1);
        assertThat(worker.output()).contains(" s behind the database's, more than the 2 s that are allowed");
    }

    private static String event(String status) {
        return status.equals("ERROR") ? "failed" : status.toLowerCase(Locale.ROOT);
    }
}
