package avatarmonitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.reconcile.Scanner.Report;
import avatarmonitor.reconcile.ScheduleFault;
import avatarmonitor.schedule.quartz.Inside;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.TestDatabase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What one scan repairs, and what it leaves unchanged. No scheduler is started: only the scanner acts. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
final class ScannerTest {
    private static final String KINDS = "SELECT detail FROM avatar_event WHERE type = ? ORDER BY id DESC LIMIT 1";

    private final TestDatabase.Fresh fresh;
    private final Avatars avatars;
    private final List<ClusterNode> nodes = new ArrayList<>();
    private final ClusterNode node;
    private volatile Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    ScannerTest(TestDatabase kind) {
        fresh = kind.fresh();
        avatars = new Avatars(fresh.database());
        node = node();
        avatars.run("INSERT INTO qrtz_scheduler_state VALUES ('avatar-monitor', 'running', 1, 1000)");
        node.scanner.run();
    }

    private ClusterNode node() {
        ClusterNode node = new ClusterNode(fresh.config(), new ScriptedFal(), () -> now);
        nodes.add(node);
        return node;
    }

    @AfterEach
    void close() throws InterruptedException {
        for (ClusterNode each : nodes) {
            each.close();
        }
        fresh.close();
    }

    private AvatarId watched() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", now);
        node.reconciler.run();
        assertThat(node.faults()).isEmpty();
        return id;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "error    | UPDATE qrtz_triggers SET trigger_state = 'ERROR' WHERE trigger_name = ?",
                "error    | UPDATE qrtz_triggers SET trigger_state = 'DELETED' WHERE trigger_name = ?",
                "finished | UPDATE qrtz_triggers SET trigger_state = 'COMPLETE' WHERE trigger_name = ?",
                "orphaned | UPDATE qrtz_triggers SET trigger_state = 'ACQUIRED' WHERE trigger_name = ?",
                "orphaned | UPDATE qrtz_triggers SET trigger_state = 'BLOCKED' WHERE trigger_name = ?",
                "half     | DELETE FROM qrtz_simple_triggers WHERE trigger_name = ?",
                "timeless | UPDATE qrtz_triggers SET next_fire_time = NULL WHERE trigger_name = ?",
                "future   | UPDATE qrtz_triggers SET next_fire_time = next_fire_time + 7200000 WHERE trigger_name = ?",
                "future   | UPDATE qrtz_triggers SET next_fire_time = next_fire_time + 30000 WHERE trigger_name = ?",
                "future   | UPDATE qrtz_triggers SET next_fire_time = next_fire_time + 90000000 WHERE trigger_name = ?"
            })
    void brokenTriggerIsReplacedAtOnceAndTheEventNamesWhatWasWrong(String kind, String harm) {
        AvatarId id = watched();
        avatars.run(harm, id.toString());
        assertThat(node.faults()).singleElement().satisfies(fault -> {
            assertThat(fault.kind().word()).isEqualTo(kind);
            assertThat(fault.avatar()).isEqualTo(id);
        });

        assertThat(node.scanner.run()).isEqualTo(new Report(1, 1, 0));

        assertLives(id);
        assertThat(avatars.events(id)).isEqualTo("watching,repaired,restored");
        assertThat(last("repaired")).contains("\"kind\":\"" + kind + "\"", "\"subject\":\"avatar/" + id + "\"");
        assertNothingLeft();
    }

    @Test
    void lostTriggerIsMadeAnew() {
        AvatarId id = watched();
        avatars.run("DELETE FROM qrtz_simple_triggers WHERE trigger_name = ?", id.toString());
        avatars.run("DELETE FROM qrtz_triggers WHERE trigger_name = ?", id.toString());
        assertThat(node.faults()).containsExactly(ScheduleFault.lost(id));

        assertThat(node.scanner.run()).isEqualTo(new Report(1, 1, 0));

        assertLives(id);
        assertThat(avatars.events(id)).isEqualTo("watching,repaired,restored");
        assertThat(last("repaired")).contains("\"kind\":\"lost\"");
        assertNothingLeft();
    }

    @Test
    void brokenTriggerOfATrainingThatEndedIsOnlyRemoved() {
        AvatarId id = watched();
        avatars.run("UPDATE qrtz_triggers SET trigger_state = 'ERROR' WHERE trigger_name = ?", id.toString());
        avatars.run("UPDATE avatars SET status = 'COMPLETED' WHERE id = ?", id.value());

        assertThat(node.scanner.run()).isEqualTo(new Report(0, 1, 0));

        assertThat(avatars.count("SELECT count(*) FROM qrtz_triggers WHERE trigger_name = ?", id.toString()))
                .isZero();
        assertNothingLeft();
    }

    @Test
    void newTrainingIsWatchedWithinAScanAndIsNoRepair() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", now);
        assertThat(node.faults()).isEmpty();
        assertThat(node.scanner.run()).isEqualTo(new Report(1, 0, 0));
        assertLives(id);
        assertThat(avatars.events(id)).isEqualTo("watching");
    }

    @ParameterizedTest
    @CsvSource({"gave_up", "unwatched", "stalled", "invalid"})
    void endedMonitoringIsLeftToTheHourlyRun(String outcome) {
        ended(outcome);

        assertThat(node.faults()).isEmpty();
        assertThat(node.scanner.run()).isEqualTo(new Report(0, 0, 0));
    }

    @Test
    void trainingWhoseWindowEndedGetsTheNextOne() {
        AvatarId id = ended("window_expired");

        assertThat(node.faults()).isEmpty();
        assertThat(node.scanner.run()).isEqualTo(new Report(1, 0, 0));
        assertThat(avatars.count("SELECT count(*) FROM v_watched WHERE avatar_id = ?", id.value()))
                .isEqualTo(1);
        assertThat(avatars.events(id)).isEqualTo("watching,restored");
    }

    private AvatarId ended(String outcome) {
        AvatarId id = watched();
        avatars.run("UPDATE avatar_monitoring SET outcome = ?", outcome);
        avatars.run("DELETE FROM qrtz_simple_triggers WHERE trigger_name = ?", id.toString());
        avatars.run("DELETE FROM qrtz_triggers WHERE trigger_name = ?", id.toString());
        return id;
    }

    @Test
    void watchThatAnOperatorEndedStaysEnded() {
        AvatarId id = watched();
        assertThat(node.schedule.unmonitor(id)).isTrue();
        assertThat(node.scanner.run()).isEqualTo(new Report(0, 0, 0));
        assertThat(avatars.events(id)).isEqualTo("watching,unwatched");
    }

    @Test
    void overdueTriggerIsMadeDue() {
        AvatarId id = watched();
        avatars.run(
                "UPDATE qrtz_triggers SET next_fire_time = ?",
                now.minusSeconds(61).toEpochMilli());
        assertThat(node.faults())
                .extracting(fault -> fault.kind() + " " + fault.subject())
                .containsExactly("OVERDUE avatar/" + id);

        assertThat(node.scanner.run()).isEqualTo(new Report(0, 1, 0));

        assertThat(avatars.count(
                        "SELECT count(*) FROM qrtz_triggers WHERE trigger_name = ? AND next_fire_time BETWEEN ? AND ?",
                        id.toString(),
                        now.toEpochMilli(),
                        Instant.now().toEpochMilli()))
                .isEqualTo(1);
        assertThat(avatars.events(id)).isEqualTo("watching,repaired");
        assertNothingLeft();
    }

    @Test
    void whatIsOverdueAfterAnOutageIsLeftToTheWorkers() {
        watched();
        Inside.backFromAnOutage(node.schedule.node);
        avatars.run(
                "UPDATE qrtz_triggers SET next_fire_time = ?",
                now.minusSeconds(220).toEpochMilli());
        assertThat(node.faults()).isEmpty();
        assertThat(node.scanner.run()).isEqualTo(new Report(0, 0, 0));
    }

    @Test
    void triggerThatWaitsItsTurnBecauseTheRateLimitIsTooLowIsNoFaultButOneThatOthersOvertookIs() {
        AvatarId waiting = watched();
        AvatarId checked = avatars.training("PORTRAIT", "r-2", now);
        node.reconciler.run();
        avatars.run(
                "UPDATE qrtz_triggers SET next_fire_time = ? WHERE trigger_group = 'avatar'",
                now.minusSeconds(900).toEpochMilli());
        avatars.run(
                "UPDATE qrtz_triggers SET next_fire_time = ?, prev_fire_time = ? WHERE trigger_name = ?",
                now.plusSeconds(5).toEpochMilli(),
                now.minusSeconds(930).toEpochMilli(),
                checked.toString());
        avatars.run(
                "UPDATE avatar_monitoring SET last_checked_at = ? WHERE avatar_id = ?",
                now.minusSeconds(1).atOffset(ZoneOffset.UTC),
                checked.value());

        assertThat(node.faults()).as("everything is 15 minutes late").isEmpty();
        assertThat(node.scanner.run()).isEqualTo(new Report(0, 0, 0));

        avatars.run(
                "UPDATE qrtz_triggers SET prev_fire_time = ? WHERE trigger_name = ?",
                now.minusSeconds(1).toEpochMilli(),
                checked.toString());
        assertThat(node.faults())
                .extracting(fault -> fault.kind() + " " + fault.subject())
                .containsExactly("OVERDUE avatar/" + waiting);
    }

    @Test
    void triggerThatIsOnlyLateIsLeftToTheWorkers() {
        watched();
        avatars.run(
                "UPDATE qrtz_triggers SET next_fire_time = ? WHERE trigger_group = 'avatar'",
                now.minusSeconds(40).toEpochMilli());
        assertThat(node.faults()).isEmpty();
    }

    @Test
    void pausedGroupGoesOn() throws Exception {
        AvatarId id = watched();
        avatars.run("INSERT INTO qrtz_paused_trigger_grps VALUES ('avatar-monitor', 'avatar')");
        avatars.run("UPDATE qrtz_triggers SET trigger_state = 'PAUSED' WHERE trigger_group = 'avatar'");

        assertThat(node.scanner.run()).isEqualTo(new Report(0, 1, 0));

        assertLives(id);
        assertThat(last("repaired")).contains("\"kind\":\"paused\"", "\"subject\":\"avatar\"");
        assertNothingLeft();
    }

    @Test
    void missingAndChangedJobsAreStoredAgain() {
        AvatarId id = watched();
        avatars.run("UPDATE qrtz_job_details SET job_class_name = 'no.such.Job' WHERE job_name = 'status-check'");
        avatars.run("DELETE FROM qrtz_simple_triggers WHERE trigger_group = 'maintenance'");
        avatars.run("DELETE FROM qrtz_triggers WHERE trigger_group = 'maintenance'");
        avatars.run("DELETE FROM qrtz_job_details WHERE job_group = 'maintenance'");
        assertThat(node.faults())
                .extracting(ScheduleFault::subject)
                .containsExactly("avatar/status-check", "maintenance/reconcile", "maintenance/hourly");

        assertThat(node.scanner.run().repaired()).isEqualTo(3);

        assertLives(id);
        assertThat(avatars.count("SELECT count(*) FROM qrtz_triggers WHERE trigger_name = 'hourly'"))
                .isEqualTo(1);
        assertNothingLeft();
    }

    @Test
    void firingsOfAnUnregisteredWorkerAreReleased() {
        AvatarId id = watched();
        avatars.run("UPDATE qrtz_triggers SET trigger_state = 'ACQUIRED' WHERE trigger_name = ?", id.toString());
        avatars.run("""
                INSERT INTO qrtz_fired_triggers
                  (sched_name, entry_id, trigger_name, trigger_group, instance_name, fired_time, sched_time, priority, state)
                VALUES ('avatar-monitor', 'e', ?, 'avatar', 'gone', ?, 1, 5, 'ACQUIRED')
                """, id.toString(), now.minusSeconds(31).toEpochMilli());
        assertThat(node.faults())
                .extracting(fault -> fault.kind() + " " + fault.subject())
                .containsExactly("GONE_WORKER gone");

        assertThat(node.scanner.run()).isEqualTo(new Report(0, 1, 0));

        assertLives(id);
        assertThat(avatars.count("SELECT count(*) FROM qrtz_fired_triggers")).isZero();
        assertNothingLeft();
    }

    @Test
    void firingsOfAWorkerThatIsListedOrHasJustBegunAreItsOwn() {
        AvatarId id = watched();
        for (String worker : List.of("running", "new")) {
            avatars.run(
                    """
                    INSERT INTO qrtz_fired_triggers
                      (sched_name, entry_id, trigger_name, trigger_group, instance_name, fired_time, sched_time, priority, state)
                    VALUES ('avatar-monitor', ?, ?, 'avatar', ?, ?, 1, 5, 'EXECUTING')
                    """,
                    worker,
                    id.toString(),
                    worker,
                    worker.equals("new")
                            ? now.minusSeconds(10).toEpochMilli()
                            : now.minusSeconds(300).toEpochMilli());
        }
        assertThat(node.faults()).isEmpty();
    }

    @Test
    void repairThatDoesNotLastRaisesOneAlarmAndStops() {
        AvatarId id = watched();
        for (int i = 0; i < 3; i++) {
            avatars.run("UPDATE qrtz_triggers SET trigger_state = 'ERROR' WHERE trigger_name = ?", id.toString());
            assertThat(node.scanner.run()).isEqualTo(new Report(1, 1, 0));
        }
        avatars.run("UPDATE qrtz_triggers SET trigger_state = 'ERROR' WHERE trigger_name = ?", id.toString());

        assertThat(node().scanner.run()).as("another worker's memory").isEqualTo(new Report(0, 0, 1));
        assertThat(node.scanner.run()).as("told once").isEqualTo(new Report(0, 0, 0));
        assertThat(last("repair_runaway")).contains("\"subject\":\"avatar/" + id + "\"");

        assertThat(node.reconciler.run().repaired())
                .as("the hourly run still tries")
                .isEqualTo(1);
        assertLives(id);

        avatars.run("UPDATE qrtz_triggers SET trigger_state = 'ERROR' WHERE trigger_name = ?", id.toString());
        avatars.run("UPDATE avatar_event SET at = at - INTERVAL '61' MINUTE");
        assertThat(node.scanner.run().repaired()).as("an hour later").isEqualTo(1);
    }

    @Test
    void repairsOfAnEarlierRequestDoNotCountForTheNextTraining() {
        AvatarId id = watched();
        for (int i = 0; i < 3; i++) {
            avatars.run("UPDATE qrtz_triggers SET trigger_state = 'ERROR' WHERE trigger_name = ?", id.toString());
            assertThat(node.scanner.run()).isEqualTo(new Report(1, 1, 0));
        }
        avatars.run("UPDATE avatars SET fal_request_id = 'r-2', training_started_at = current_timestamp");
        avatars.run("UPDATE qrtz_triggers SET trigger_state = 'ERROR' WHERE trigger_name = ?", id.toString());

        assertThat(node.scanner.run()).isEqualTo(new Report(1, 1, 0));

        assertLives(id);
        assertThat(avatars.count(
                        "SELECT count(*) FROM avatar_event WHERE type = 'repaired' AND fal_request_id = 'r-1'"))
                .isEqualTo(3);
    }

    @Test
    void groupThatIsPausedAgainAndAgainStaysPausedWithAnAlarm() {
        watched();
        for (int i = 0; i < 4; i++) {
            avatars.run("UPDATE qrtz_triggers SET trigger_state = 'PAUSED' WHERE trigger_group = 'avatar'");
            assertThat(node.scanner.run()).isEqualTo(i < 3 ? new Report(0, 1, 0) : new Report(0, 0, 1));
        }
        assertThat(node.scanner.run()).isEqualTo(new Report(0, 0, 0));
        assertThat(last("repair_runaway")).contains("\"kind\":\"paused\"");
    }

    @Test
    void oneWorkerOfTheClusterHasTheTurn() {
        ClusterNode other = node();
        int turns = 0;
        for (ClusterNode each : List.of(node, other, node, other)) {
            turns += each.scanner.runInTurn().isPresent() ? 1 : 0;
        }
        assertThat(turns).isEqualTo(1);

        avatars.run("UPDATE avatar_monitor_scan SET at = at - INTERVAL '60' SECOND");
        assertThat(other.scanner.runInTurn()).isPresent();
        assertThat(node.scanner.runInTurn()).isEmpty();
    }

    private void assertLives(AvatarId id) {
        assertThat(avatars.count("""
                SELECT count(*) FROM qrtz_triggers t JOIN qrtz_simple_triggers s
                ON s.trigger_name = t.trigger_name AND s.trigger_group = t.trigger_group
                WHERE t.trigger_name = ? AND t.trigger_state = 'WAITING' AND t.next_fire_time > 1000""", id.toString())).isEqualTo(1);
    }

    private void assertNothingLeft() {
        assertThat(node.faults()).isEmpty();
        assertThat(node.scanner.run()).isEqualTo(new Report(0, 0, 0));
    }

    private String last(String type) {
        return String.valueOf(avatars.row(KINDS, type).get("detail")).replace(" ", "");
    }
}
