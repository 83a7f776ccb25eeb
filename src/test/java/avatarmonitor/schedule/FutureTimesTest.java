package avatarmonitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.reconcile.Scanner.Report;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Future times that a wrong clock left are found, shown and repaired, and delay nothing. No scheduler is started. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class FutureTimesTest {
    private static final long HOUR = 3_600_000;

    private final TestDatabase.Fresh fresh;
    private final Avatars avatars;
    private final ClusterNode node;

    FutureTimesTest(TestDatabase kind) {
        fresh = kind.fresh();
        avatars = new Avatars(fresh.database());
        node = new ClusterNode(fresh.config(), new ScriptedFal(), InstantSource.system());
        avatars.run("INSERT INTO qrtz_scheduler_state VALUES ('avatar-monitor', 'running', 1, 1000)");
        node.scanner.run();
        avatars.run("DELETE FROM avatar_event");
    }

    @AfterEach
    void close() throws InterruptedException {
        node.close();
        fresh.close();
    }

    private List<String> found() {
        return node.faults().stream()
                .map(fault -> fault.kind().word() + " " + fault.subject())
                .toList();
    }

    private List<String> repaired() {
        return avatars.rows("SELECT detail FROM avatar_event WHERE type = 'repaired' ORDER BY id").stream()
                .map(row -> JsonParser.parseString(String.valueOf(row.get("detail")))
                        .getAsJsonObject()
                        .get("subject")
                        .getAsString())
                .toList();
    }

    private static OffsetDateTime in(Duration time) {
        return Instant.now().plus(time).atOffset(ZoneOffset.UTC);
    }

    @Test
    void everyTriggerThatWaitsForLongerThanItsIntervalIsReplaced() {
        AvatarId one = avatars.training("PORTRAIT", "r-1", Instant.now());
        AvatarId other = avatars.training("PORTRAIT", "r-2", Instant.now());
        node.reconciler.run();
        node.schedule.armRetry();
        avatars.run("DELETE FROM avatar_event");
        assertThat(found()).isEmpty();
        avatars.run(
                "UPDATE qrtz_triggers SET next_fire_time = next_fire_time + ?, start_time = start_time + ? WHERE trigger_name <> ?",
                2 * HOUR,
                2 * HOUR,
                other.toString());

        assertThat(found())
                .containsExactlyInAnyOrder(
                        "future avatar/" + one, "future maintenance/hourly", "future maintenance/retry");
        assertThat(avatars.rows("SELECT avatar_id FROM v_unwatched")).hasSize(1);
        assertThat(avatars.count("SELECT count(*) FROM v_stuck_triggers WHERE problem LIKE '%a clock was wrong'"))
                .isEqualTo(3);

        assertThat(node.scanner.run()).isEqualTo(new Report(1, 3, 0));

        assertThat(found()).isEmpty();
        assertThat(avatars.events(one)).isEqualTo("repaired,restored");
        assertThat(avatars.events(other)).isEqualTo("null");
        assertThat(due(one.toString())).isBefore(Instant.now().plusSeconds(2));
        assertThat(due("hourly"))
                .isBetween(Instant.now().plusSeconds(3_500), Instant.now().plusSeconds(3_601));
        assertThat(due("retry")).isBefore(Instant.now().plusSeconds(301));
    }

    private Instant due(String trigger) {
        return Instant.ofEpochMilli(Long.parseLong(
                String.valueOf(avatars.row("SELECT next_fire_time FROM qrtz_triggers WHERE trigger_name = ?", trigger)
                        .get("next_fire_time"))));
    }

    @Test
    void manyTriggersInTheFutureAreAllFoundInOneScan() {
        for (int i = 0; i < 250; i++) {
            avatars.training("PORTRAIT", "r-" + i, Instant.now());
        }
        node.reconciler.run();
        avatars.run(
                "UPDATE qrtz_triggers SET next_fire_time = next_fire_time + 7200000 WHERE trigger_group = 'avatar'");
        assertThat(node.scanner.run()).isEqualTo(new Report(250, 250, 0));
        assertThat(found()).isEmpty();
    }

    @Test
    void turnThatWasTakenInTheFutureHoldsUpNoScan() {
        avatars.run("UPDATE avatar_monitor_scan SET at = ?", in(Duration.ofHours(2)));
        assertThat(found()).containsExactly("future avatar_monitor_scan");
        assertThat(node.scanner.runInTurn()).isPresent();
        assertThat(found()).isEmpty();
        assertThat(repaired()).containsExactly("avatar_monitor_scan");
        assertThat(node.scanner.runInTurn()).isEmpty();
        assertThat(repaired()).hasSize(1);
    }

    @Test
    void alertsAndMessagesThatWaitForTheFutureAreDue() {
        avatars.run(
                "INSERT INTO avatar_monitor_alert (kind, state, began_at, last_at, events, workers, examples, seen_at, due_at)"
                        + " VALUES ('gave_up', 'lasting', ?, ?, 1, JSON '[]', JSON '[]', ?, ?)",
                in(Duration.ofHours(-1)),
                in(Duration.ofHours(2)),
                in(Duration.ofHours(2)),
                in(Duration.ofHours(3)));
        delivery(Duration.ofHours(2), Duration.ofHours(2), null);
        delivery(Duration.ofHours(-1), Duration.ofMinutes(-1), Duration.ofHours(2));
        delivery(Duration.ofHours(-1), Duration.ofMinutes(4), null);
        avatars.run("UPDATE avatar_monitor_reconcile SET at = ?", in(Duration.ofHours(25)));
        assertThat(avatars.rows("SELECT place, times FROM v_future_times ORDER BY place"))
                .extracting(row -> row.get("place") + " " + row.get("times"))
                .containsExactly("avatar_monitor_alert 1", "avatar_monitor_delivery 2", "avatar_monitor_reconcile 1");

        assertThat(node.scanner.run()).isEqualTo(new Report(0, 3, 0));

        assertThat(found()).isEmpty();
        assertThat(repaired())
                .containsExactly("avatar_monitor_alert", "avatar_monitor_delivery", "avatar_monitor_reconcile");
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_alert WHERE due_at > ?", in(Duration.ZERO)))
                .isZero();
        assertThat(avatars.count(
                        "SELECT count(*) FROM avatar_monitor_delivery WHERE next_attempt_at <= ? AND claimed_until IS NULL",
                        in(Duration.ZERO)))
                .isEqualTo(2);
    }

    private void delivery(Duration created, Duration next, @org.jspecify.annotations.Nullable Duration claimed) {
        avatars.run(
                "INSERT INTO avatar_monitor_delivery (channel, message_id, lane, body, state, created_at, attempts,"
                        + " next_attempt_at, claimed_until) VALUES ('log', ?, 'x', JSON '{}', 'waiting', ?, 1, ?, ?)",
                UUID.randomUUID(),
                in(created),
                in(next),
                claimed == null ? null : in(claimed));
    }

    @Test
    void firingOfAGoneWorkerThatWasNotedInTheFutureIsFreed() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", Instant.now());
        node.reconciler.run();
        avatars.run("UPDATE qrtz_triggers SET trigger_state = 'ACQUIRED' WHERE trigger_name = ?", id.toString());
        avatars.run("""
                INSERT INTO qrtz_fired_triggers
                  (sched_name, entry_id, trigger_name, trigger_group, instance_name, fired_time, sched_time, priority, state)
                VALUES ('avatar-monitor', 'e', ?, 'avatar', 'gone', ?, 1, 5, 'ACQUIRED')
                """, id.toString(), Instant.now().toEpochMilli() + 2 * HOUR);
        assertThat(found()).containsExactly("gone_worker gone");
        assertThat(node.scanner.run()).isEqualTo(new Report(0, 1, 0));
        assertThat(found()).isEmpty();
    }

    @Test
    void scanByAClockThatIsADayAheadEndsNothing() throws InterruptedException {
        AvatarId id = avatars.training("PORTRAIT", "r-1", Instant.now());
        InstantSource wrong = () -> Instant.now().plus(Duration.ofHours(25));
        ClusterNode ahead = new ClusterNode(fresh.config(), new ScriptedFal(), wrong, StalledAction.ERROR);
        try {
            assertThat(ahead.scanner.run()).isEqualTo(new Report(1, 0, 0));
            ahead.reconciler.run();
        } finally {
            ahead.close();
        }

        assertThat(avatars.row(id)).containsEntry("status", "TRAINING").containsEntry("training_error", null);
        assertThat(avatars.events(id)).isEqualTo("watching");
        assertThat(due(id.toString())).isBefore(Instant.now().plusSeconds(60));
    }

    @Test
    void triggersOfOthersInTheSameSchedulerAreLeftAsTheyAre() {
        avatars.run("INSERT INTO qrtz_job_details (sched_name, job_name, job_group, job_class_name, is_durable,"
                + " is_nonconcurrent, is_update_data, requests_recovery)"
                + " VALUES ('avatar-monitor', 'report', 'reports', 'no.such.Job', true, false, false, false)");
        long now = Instant.now().toEpochMilli();
        other("failed", "ERROR", now);
        other("late", "WAITING", now - HOUR);
        other("tomorrow", "WAITING", now + 24 * HOUR);
        other("paused", "PAUSED", now);
        avatars.run("INSERT INTO qrtz_paused_trigger_grps VALUES ('avatar-monitor', 'reports')");
        String all = "SELECT * FROM qrtz_triggers WHERE trigger_group = 'reports' ORDER BY trigger_name";
        var before = avatars.rows(all);

        assertThat(found()).isEmpty();
        assertThat(node.scanner.run()).isEqualTo(new Report(0, 0, 0));
        assertThat(node.reconciler.run().repaired()).isZero();

        assertThat(avatars.rows(all)).isEqualTo(before);
        assertThat(avatars.count("SELECT count(*) FROM qrtz_paused_trigger_grps"))
                .isEqualTo(1);
    }

    private void other(String name, String state, long next) {
        avatars.run(
                "INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time,"
                        + " prev_fire_time, priority, trigger_state, trigger_type, start_time, end_time, misfire_instr)"
                        + " VALUES ('avatar-monitor', ?, 'reports', 'report', 'reports', ?, -1, 6, ?, 'SIMPLE', 1, 0, 1)",
                name,
                next,
                state);
        avatars.run(
                "INSERT INTO qrtz_simple_triggers (sched_name, trigger_name, trigger_group, repeat_count, repeat_interval,"
                        + " times_triggered) VALUES ('avatar-monitor', ?, 'reports', -1, 60000, 0)",
                name);
    }
}
