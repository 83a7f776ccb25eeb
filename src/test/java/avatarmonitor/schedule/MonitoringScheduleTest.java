package avatarmonitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.quartz.SimpleTrigger;
import org.quartz.spi.OperableTrigger;

/** Real schedulers that fire: handling of triggers, on every database. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class MonitoringScheduleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TestDatabase.Fresh fresh;
    private final Avatars avatars;
    private final ScriptedFal fal = new ScriptedFal();
    private final Instant now = Instant.now();
    private @Nullable ClusterNode node;

    MonitoringScheduleTest(TestDatabase kind) {
        fresh = kind.fresh();
        avatars = new Avatars(fresh.database());
    }

    private ClusterNode started() {
        ClusterNode made = new ClusterNode(fresh.config(), fal, InstantSource.system());
        node = made;
        made.start();
        return made;
    }

    @AfterEach
    void close() throws InterruptedException {
        if (node != null) {
            node.close();
        }
        fresh.close();
    }

    @Test
    void startTakesUpTrainingsAndWatchesThemToTheirEnd() {
        AvatarId id = avatars.training("STYLE", "r-1", now);
        fal.onStatus = () -> {
            if (fal.asked.size() >= 3) {
                fal.status = new FalAnswer.Completed(null);
            }
        };
        fal.result = new FalAnswer.Output(
                JsonParser.parseString("{\"finetune_id\":\"ft-1\"}").getAsJsonObject());
        started();
        await().atMost(PATIENCE).until(() -> avatars.events(id).equals("watching,completed"));
        await().atMost(PATIENCE).until(() -> triggers(id) == 0);
        assertThat(avatars.row(id)).containsEntry("status", "COMPLETED").containsEntry("finetune_id", "ft-1");
        assertThat(avatars.count("SELECT count(*) FROM QRTZ_SIMPLE_TRIGGERS WHERE TRIGGER_GROUP = 'avatar'"))
                .isZero();
    }

    @Test
    void triggerGoesAwayWhenTheUserCancels() {
        AvatarId id = avatars.training("STYLE", "r-1", now);
        started();
        await().atMost(PATIENCE).until(() -> !fal.asked.isEmpty());
        avatars.run("UPDATE avatars SET status = 'CANCELLED' WHERE id = ?", id.value());
        await().atMost(PATIENCE).until(() -> triggers(id) == 0);
        assertThat(avatars.row(id)).containsEntry("status", "CANCELLED");
    }

    @Test
    void retrainGetsANewWindow() {
        AvatarId id = avatars.training("STYLE", "r-1", now);
        ClusterNode worker = started();
        await().atMost(PATIENCE).until(() -> !fal.asked.isEmpty());
        avatars.run("UPDATE QRTZ_TRIGGERS SET END_TIME = END_TIME - 600000 WHERE TRIGGER_NAME = ?", id.toString());
        avatars.run("UPDATE avatars SET fal_request_id = 'r-2' WHERE id = ?", id.value());
        await().atMost(PATIENCE).until(() -> avatars.events(id).equals("watching,superseded"));
        await().atMost(PATIENCE)
                .until(() -> avatars.count(
                                "SELECT count(*) FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME = ? AND END_TIME > ?",
                                id.toString(),
                                Instant.now().plus(Duration.ofMinutes(55)).toEpochMilli())
                        == 1);
        assertThat(worker.schedule.unmonitor(id)).isTrue();
        assertThat(worker.schedule.unmonitor(id)).isFalse();
    }

    @Test
    void checkThatAStopCutsShortIsDueAtOnceForTheOthers() throws InterruptedException {
        AvatarId id = avatars.training("STYLE", "r-1", now);
        ClusterNode worker = started();
        await().atMost(PATIENCE).until(() -> !fal.asked.isEmpty());
        worker.schedule.standby(PATIENCE);
        await().atMost(PATIENCE).until(() -> triggers(id) == 1 && dueLaterThan(id, Duration.ofHours(-1)) == 1);
        avatars.run(
                "UPDATE QRTZ_TRIGGERS SET NEXT_FIRE_TIME = NEXT_FIRE_TIME + 600000 WHERE TRIGGER_NAME = ?",
                id.toString());

        worker.schedule.settle(id, CheckOutcome.STILL_TRAINING);
        assertThat(dueLaterThan(id, Duration.ofMinutes(5))).isEqualTo(1);
        worker.schedule.settle(id, CheckOutcome.WAITING);
        assertThat(dueLaterThan(id, Duration.ofSeconds(1))).isZero();
    }

    private int dueLaterThan(AvatarId id, Duration later) {
        return avatars.count(
                "SELECT count(*) FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME = ? AND TRIGGER_STATE = 'WAITING' AND NEXT_FIRE_TIME > ?",
                id.toString(),
                Instant.now().plus(later).toEpochMilli());
    }

    @Test
    void failedCheckLeavesTheTriggerWaiting() {
        AvatarId id = avatars.training("STYLE", "r-1", now);
        fal.onStatus = () -> {
            if (fal.asked.size() < 3) {
                throw new IllegalStateException("planted");
            }
        };
        AtomicInteger broken = new AtomicInteger();
        ClusterNode made = new ClusterNode(fresh.config(), fal, InstantSource.system());
        node = made;
        made.schedule.meter(new CheckMeter() {
            @Override
            public void checkDelay(Duration late) {}

            @Override
            public void passed() {}

            @Override
            public void checked(CheckOutcome outcome, Duration took) {}

            @Override
            public void broken(Duration took) {
                broken.incrementAndGet();
            }
        });
        made.start();
        await().atMost(PATIENCE).until(() -> fal.asked.size() >= 4);
        assertThat(broken).as("checks that the job itself saw fail").hasValue(2);
        assertThat(avatars.count("SELECT count(*) FROM QRTZ_TRIGGERS WHERE TRIGGER_STATE = 'ERROR'"))
                .isZero();
        assertThat(triggers(id)).isEqualTo(1);
    }

    @Test
    void failedReconcileIsTriedAgainAfterTheRetryDelay() {
        avatars.run("ALTER TABLE avatar_event RENAME TO avatar_event_gone");
        AvatarId id = avatars.training("STYLE", "r-1", now);
        started();
        await().atMost(PATIENCE).until(() -> avatars.count("""
                                SELECT count(*) FROM QRTZ_TRIGGERS WHERE TRIGGER_GROUP = 'maintenance'
                                AND TRIGGER_NAME = 'retry' AND TRIGGER_STATE = 'WAITING'""") == 1);
        long at = Long.parseLong(
                String.valueOf(avatars.row("SELECT NEXT_FIRE_TIME AS t FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME = 'retry'")
                        .get("t")));
        assertThat(Duration.between(Instant.now(), Instant.ofEpochMilli(at)))
                .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
        assertThat(triggers(id)).isZero();
        avatars.run("ALTER TABLE avatar_event_gone RENAME TO avatar_event");
        avatars.run(
                "UPDATE QRTZ_TRIGGERS SET NEXT_FIRE_TIME = ? WHERE TRIGGER_NAME = 'retry'",
                Instant.now().toEpochMilli());
        await().atMost(PATIENCE).until(() -> triggers(id) == 1);
        await().atMost(PATIENCE)
                .until(() -> avatars.count("SELECT count(*) FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME = 'retry'") == 0);
    }

    @Test
    void hourlyReconcileIsPersistedOnce() throws InterruptedException {
        started().close();
        started();
        assertThat(avatars.count("""
                        SELECT count(*) FROM QRTZ_TRIGGERS t JOIN QRTZ_SIMPLE_TRIGGERS s
                        ON s.SCHED_NAME = t.SCHED_NAME AND s.TRIGGER_NAME = t.TRIGGER_NAME AND s.TRIGGER_GROUP = t.TRIGGER_GROUP
                        WHERE t.SCHED_NAME = 'avatar-monitor' AND t.TRIGGER_GROUP = 'maintenance'
                        AND t.TRIGGER_NAME = 'hourly' AND t.JOB_NAME = 'reconcile' AND t.JOB_GROUP = 'maintenance'
                        AND s.REPEAT_INTERVAL = 3600000 AND s.REPEAT_COUNT = -1 AND t.END_TIME = 0""")).isEqualTo(1);
    }

    /** A firing of the reconcile job that waited behind checks when its worker was killed. */
    @Test
    void reconcileThatWasFiredByAKilledWorkerIsRunByAnother() {
        started();
        await().atMost(PATIENCE)
                .until(() -> avatars.count("SELECT count(*) FROM avatar_monitor_reconcile WHERE at IS NOT NULL") == 1
                        && avatars.count("SELECT count(*) FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME LIKE 'start-%'") == 0);
        avatars.run("UPDATE avatar_monitor_reconcile SET at = NULL");
        avatars.run("""
                INSERT INTO QRTZ_FIRED_TRIGGERS (SCHED_NAME, ENTRY_ID, TRIGGER_NAME, TRIGGER_GROUP, INSTANCE_NAME, FIRED_TIME,
                    SCHED_TIME, PRIORITY, STATE, JOB_NAME, JOB_GROUP, IS_NONCONCURRENT, REQUESTS_RECOVERY)
                SELECT 'avatar-monitor', 'e-1', 'hourly', 'maintenance', 'killed', 1000, 1000, 5, 'EXECUTING', JOB_NAME, JOB_GROUP,
                    IS_NONCONCURRENT, REQUESTS_RECOVERY
                FROM QRTZ_JOB_DETAILS WHERE JOB_NAME = 'reconcile'""");
        avatars.run("""
                INSERT INTO QRTZ_SCHEDULER_STATE (SCHED_NAME, INSTANCE_NAME, LAST_CHECKIN_TIME, CHECKIN_INTERVAL)
                VALUES ('avatar-monitor', 'killed', 1000, 500)""");

        await().atMost(PATIENCE)
                .until(() -> avatars.count("SELECT count(*) FROM avatar_monitor_reconcile WHERE at IS NOT NULL") == 1);
        await().atMost(PATIENCE)
                .until(() -> avatars.count("SELECT count(*) FROM QRTZ_FIRED_TRIGGERS WHERE INSTANCE_NAME = 'killed'")
                                == 0
                        && avatars.count("SELECT count(*) FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME LIKE 'recover%'") == 0);
        assertThat(avatars.count("SELECT count(*) FROM v_stuck_triggers")).isZero();
    }

    @Test
    void jobNamesInTheDatabaseNeverChange() {
        started();
        assertThat(avatars.row(
                        "SELECT * FROM QRTZ_JOB_DETAILS WHERE JOB_NAME = 'status-check' AND JOB_GROUP = 'avatar'"))
                .containsEntry("job_class_name", "avatarmonitor.schedule.StatusCheckJob")
                .containsEntry("sched_name", "avatar-monitor");
        assertThat(avatars.row(
                        "SELECT * FROM QRTZ_JOB_DETAILS WHERE JOB_NAME = 'reconcile' AND JOB_GROUP = 'maintenance'"))
                .containsEntry("job_class_name", "avatarmonitor.schedule.ReconcileJob");
    }

    @Test
    void storedTriggerHasThePublishedColumns() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", now);
        ClusterNode idle = new ClusterNode(fresh.config(), fal, () -> now);
        node = idle;
        idle.reconciler.run();
        assertThat(avatars.row("""
                        SELECT t.SCHED_NAME, t.JOB_NAME, t.JOB_GROUP, t.TRIGGER_TYPE, t.MISFIRE_INSTR, s.REPEAT_COUNT,
                            s.REPEAT_INTERVAL, t.END_TIME - t.START_TIME AS WINDOW_LENGTH
                        FROM QRTZ_TRIGGERS t JOIN QRTZ_SIMPLE_TRIGGERS s ON s.TRIGGER_NAME = t.TRIGGER_NAME
                        WHERE t.TRIGGER_NAME = ? AND t.TRIGGER_GROUP = 'avatar'""", id.toString()))
                .containsEntry("sched_name", "avatar-monitor")
                .containsEntry("job_name", "status-check")
                .containsEntry("job_group", "avatar")
                .containsEntry("trigger_type", "SIMPLE")
                .containsEntry(
                        "misfire_instr",
                        String.valueOf(SimpleTrigger.MISFIRE_INSTRUCTION_RESCHEDULE_NEXT_WITH_REMAINING_COUNT))
                .containsEntry("repeat_count", "-1")
                .containsEntry("repeat_interval", "1000")
                .containsEntry("window_length", "3600000");
    }

    @Test
    void thousandAvatarsAreSpreadOverTheWholeInterval() {
        AvatarTriggers triggers = new AvatarTriggers(new avatarmonitor.check.decision.MonitorConfig(
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                Duration.ofHours(1),
                Duration.ofHours(24),
                5,
                Duration.ofMinutes(10)));
        int[] perSecond = new int[60];
        for (int i = 0; i < 1000; i++) {
            OperableTrigger trigger = triggers.trigger(new AvatarId(new UUID(0x0198a1b200007000L, i)), now);
            Duration offset = Duration.between(now, trigger.getStartTime().toInstant());
            perSecond[(int) Math.max(0, offset.toSeconds())]++;
        }
        assertThat(java.util.Arrays.stream(perSecond).boxed())
                .as("avatars in each second")
                .allMatch(count -> count >= 4 && count <= 40);
    }

    private int triggers(AvatarId id) {
        return avatars.count("SELECT count(*) FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME = ?", id.toString());
    }
}
