package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Site.Training;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two workers run while SQL statements break their schedule, in every way that Quartz would leave broken. */
final class SelfRepairIT {
    private static final Duration SCAN = Duration.ofSeconds(3);

    /** Two scans at most, each up to a quarter of its interval late, with an allowance for two busy cores. */
    private static final Duration HEALED_WITHIN = SCAN.multipliedBy(3).plusSeconds(50);

    /** Each statement has one parameter, the trigger's name. */
    private static final List<String> HARMS = List.of(
            "UPDATE qrtz_triggers SET trigger_state = 'ERROR' WHERE trigger_name = ?",
            "UPDATE qrtz_triggers SET trigger_state = 'COMPLETE' WHERE trigger_name = ?",
            "UPDATE qrtz_triggers SET trigger_state = 'ACQUIRED' WHERE trigger_name = ?",
            "UPDATE qrtz_triggers SET trigger_state = 'BLOCKED' WHERE trigger_name = ?",
            "UPDATE qrtz_triggers SET next_fire_time = NULL WHERE trigger_name = ?",
            "UPDATE qrtz_triggers SET trigger_state = 'PAUSED' WHERE trigger_name = ?",
            "DELETE FROM qrtz_simple_triggers WHERE trigger_name = ?");

    private static final String FIRING_OF_NOBODY = """
            INSERT INTO qrtz_fired_triggers
              (sched_name, entry_id, trigger_name, trigger_group, instance_name, fired_time, sched_time, priority, state)
            SELECT 'avatar-monitor', 'nobody-1', trigger_name, trigger_group, 'nobody', 1, 1, 5, 'ACQUIRED'
            FROM qrtz_triggers WHERE trigger_name = ?""";

    private static final String RESTS = """
            SELECT count(*) FROM qrtz_triggers WHERE trigger_name = ? AND trigger_state = 'WAITING'
            AND next_fire_time > EXTRACT(EPOCH FROM clock_timestamp()) * 1000 + 6000""";

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.POSTGRESQL_18)
            .with("reconcile.scan-interval", SCAN.toSeconds() + "s")
            .with("monitor.interval", "12s");

    @Test
    void everyBrokenStateIsHealedWithinTwoScansAndNamedInAnEvent() {
        List<Training> trainings = new ArrayList<>();
        site.write(avatars -> {
            for (int i = 0; i < 2 * HARMS.size(); i++) {
                trainings.add(site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS)));
            }
        });
        WorkerProcess first = site.startWorker();
        site.startWorker().awaitStarted();
        first.awaitWhileAlive(() -> trainings.stream().allMatch(training -> checks(training) > 0));

        List<Training> whole = new ArrayList<>(trainings);
        site.write(avatars -> {
            for (String harm : HARMS) {
                avatars.run(harm, name(takeResting(avatars, whole)));
            }
            String lost = name(takeResting(avatars, whole));
            avatars.run("DELETE FROM qrtz_simple_triggers WHERE trigger_name = ?", lost);
            avatars.run("DELETE FROM qrtz_triggers WHERE trigger_name = ?", lost);
            String held = name(takeResting(avatars, whole));
            avatars.run(FIRING_OF_NOBODY, held);
            avatars.run("UPDATE qrtz_triggers SET trigger_state = 'ACQUIRED' WHERE trigger_name = ?", held);
            avatars.run("INSERT INTO qrtz_paused_trigger_grps VALUES ('avatar-monitor', 'maintenance')");
            avatars.run("DELETE FROM qrtz_simple_triggers WHERE trigger_name = 'hourly'");
            avatars.run("DELETE FROM qrtz_triggers WHERE trigger_name = 'hourly'");
        });

        try (Database open = Database.open(site.databaseConfig())) {
            Avatars avatars = new Avatars(open);
            await().atMost(HEALED_WITHIN)
                    .until(() -> avatars.count("""
                    SELECT count(*) FROM v_watched
                    WHERE trigger_state <> 'paused' AND next_check_at < current_timestamp + INTERVAL '1' HOUR""") == trainings.size()
                            && avatars.count("SELECT count(*) FROM v_stuck_triggers") == 0
                            && avatars.count("SELECT count(*) FROM qrtz_fired_triggers WHERE instance_name = 'nobody'")
                                    == 0
                            && avatars.count("SELECT count(*) FROM qrtz_triggers WHERE trigger_name = 'hourly'") == 1);
            assertThat(Sql.rows(
                            open,
                            "SELECT DISTINCT detail ->> 'kind' FROM avatar_event WHERE type = 'repaired' ORDER BY 1"))
                    .containsExactly(
                            "error",
                            "finished",
                            "gone_worker",
                            "half",
                            "lost",
                            "missing",
                            "orphaned",
                            "paused",
                            "timeless");
        }
        Instant healed = site.fal().now();
        first.awaitWhileAlive(
                Duration.ofSeconds(60),
                () -> trainings.stream()
                        .allMatch(training -> site.fal().calls(training.request(), Op.STATUS).stream()
                                .anyMatch(call -> call.at().isAfter(healed))));
    }

    /** Returns one whose trigger no worker holds or acquires soon: a worker would overwrite the damage. */
    private static Training takeResting(Avatars avatars, List<Training> whole) {
        Training resting = await().pollInterval(Duration.ofMillis(20))
                .until(
                        () -> whole.stream()
                                .filter(training -> avatars.count(RESTS, name(training)) == 1)
                                .findFirst()
                                .orElse(null),
                        Objects::nonNull);
        whole.remove(resting);
        return resting;
    }

    private int checks(Training training) {
        return site.fal().calls(training.request(), Op.STATUS).size();
    }

    private static String name(Training training) {
        return training.avatar().toString();
    }
}
