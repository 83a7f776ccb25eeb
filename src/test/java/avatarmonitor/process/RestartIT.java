package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.Call;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Site.Training;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A killed worker loses nothing: its successor monitors every training to its end, and no check is much too late. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
final class RestartIT {
    private static final int TRAININGS = 40;
    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final Duration CHECK_IN = Duration.ofSeconds(1);

    /**
     * A dead worker is detected after at most four observations of its successor, one check-in interval apart; then its
     * firings are released.
     */
    private static final Duration DETECTION = CHECK_IN.multipliedBy(4);

    /** Allowance for a busy machine; a check that only the repair of overdue triggers finds is a minute late. */
    private static final Duration NOISE = Duration.ofSeconds(20);

    private static final List<Outcome> OUTCOMES = List.of(
            Outcome.success(),
            Outcome.success(),
            Outcome.validationError("image_too_small", "too small"),
            Outcome.cancelled());
    private static final List<String> STATUSES = List.of("COMPLETED", "COMPLETED", "ERROR", "CANCELLED");

    @RegisterExtension
    private final Site site;

    private final List<Training> trainings = new ArrayList<>();

    RestartIT(TestDatabase kind) {
        site = Site.on(kind).with("monitor.interval", "2s").with("cluster.check-in-interval", "1s");
    }

    @Test
    void killedWorkerLosesNoTrainingAndNoCheckForLong() {
        site.fal().inject(Fault.delay(Duration.ofMillis(50), Duration.ofMillis(300)));
        handOver();
        WorkerProcess first = site.startWorker();
        first.awaitWhileAlive(
                () -> trainings.stream().allMatch(training -> checks(training).size() >= 2));
        letThemEnd();
        first.awaitWhileAlive(() -> site.fal().calls(Op.RESULT).size() >= TRAININGS / 8);

        Duration usual = longestGap();
        long killed = System.nanoTime();
        first.sigkill();
        assertThat(first.exitCode(Duration.ZERO)).isEqualTo(128 + 9);
        WorkerProcess second = site.startWorker().awaitStarted();
        Duration down = Duration.ofNanos(System.nanoTime() - killed);

        site.awaitAllEnded();
        site.write(avatars -> {
            for (int i = 0; i < TRAININGS; i++) {
                Training training = trainings.get(i);
                String status = STATUSES.get(i % STATUSES.size());
                assertThat(avatars.row(training.avatar())).containsEntry("status", status);
                assertThat(avatars.events(training.avatar())).isEqualTo("watching," + event(status));
            }
            assertThat(avatars.count("SELECT count(*) FROM avatar_event WHERE type = 'worker_lost'"))
                    .isLessThanOrEqualTo(1);
        });
        Duration longest = longestGap();
        System.out.println("RestartIT down=" + down + " longest gap between two checks=" + longest);
        assertThat(longest)
                .isLessThanOrEqualTo(
                        INTERVAL.plus(down).plus(DETECTION).plus(NOISE).plus(usual));

        site.awaitDatabase(avatars -> avatars.count("SELECT count(*) FROM qrtz_scheduler_state") == 1);
        second.sigterm();
        assertThat(second.exitCode(Duration.ofSeconds(16))).isZero();
        site.write(avatars -> {
            assertThat(avatars.count("SELECT count(*) FROM qrtz_fired_triggers"))
                    .isZero();
            assertThat(avatars.count("SELECT count(*) FROM qrtz_triggers WHERE trigger_state <> 'WAITING'"))
                    .isZero();
            assertThat(avatars.count("SELECT count(*) FROM qrtz_triggers")).isEqualTo(1);
            assertThat(avatars.count("SELECT count(*) FROM qrtz_simple_triggers"))
                    .isEqualTo(1);
            assertThat(avatars.count("SELECT count(*) FROM qrtz_scheduler_state"))
                    .isZero();
        });
    }

    private void handOver() {
        site.write(avatars -> {
            for (int i = 0; i < TRAININGS; i++) {
                Scenario running = Scenario.stalled(Course.Stall.IN_PROGRESS);
                trainings.add(site.train(avatars, i % 3 == 0 ? "STYLE" : "PORTRAIT", running));
            }
        });
    }

    /**
     * Ends trainings in every way, spread so that some end before the worker dies, some while there is none and most
     * afterwards.
     */
    private void letThemEnd() {
        for (int i = 0; i < TRAININGS; i++) {
            Scenario scenario = Scenario.standard()
                    .withQueue(Duration.ZERO, 0)
                    .withRun(Duration.ofMillis(200L * i))
                    .withOutcome(OUTCOMES.get(i % OUTCOMES.size()));
            site.fal().change(trainings.get(i).request(), scenario);
        }
    }

    private static String event(String status) {
        return status.equals("ERROR") ? "failed" : status.toLowerCase(Locale.ROOT);
    }

    private List<Call> checks(Training training) {
        return site.fal().calls(training.request(), Op.STATUS);
    }

    private Duration longestGap() {
        Duration longest = Duration.ZERO;
        for (Training training : trainings) {
            Instant before = null;
            for (Call call : checks(training)) {
                Duration gap = before == null ? Duration.ZERO : Duration.between(before, call.at());
                longest = gap.compareTo(longest) > 0 ? gap : longest;
                before = call.at();
            }
        }
        return longest;
    }
}
