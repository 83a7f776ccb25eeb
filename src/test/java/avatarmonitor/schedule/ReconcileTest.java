package avatarmonitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.reconcile.Reconciler.Report;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Database state after one reconcile run. No scheduler is started: only the reconciler acts. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class ReconcileTest {
    private final TestDatabase.Fresh fresh;
    private final Avatars avatars;
    private final List<ClusterNode> nodes = new ArrayList<>();
    private final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private volatile Instant now = started;

    ReconcileTest(TestDatabase kind) {
        fresh = kind.fresh();
        avatars = new Avatars(fresh.database());
    }

    private ClusterNode node() {
        return node(StalledAction.NONE);
    }

    private ClusterNode node(StalledAction stalledAction) {
        ClusterNode node = new ClusterNode(fresh.config(), new ScriptedFal(), () -> now, stalledAction);
        nodes.add(node);
        return node;
    }

    @AfterEach
    void close() throws InterruptedException {
        for (ClusterNode node : nodes) {
            node.close();
        }
        fresh.close();
    }

    @Test
    void everyTrainingWithoutATriggerGetsOne() {
        AvatarId portrait = avatars.training("PORTRAIT", "r-1", now.minusSeconds(60));
        AvatarId style = avatars.insert("style", "training", "r-2", now.minus(Duration.ofHours(23)));
        AvatarId done = avatars.insert("PORTRAIT", "COMPLETED", "r-3", now);
        assertThat(node().reconciler.run()).isEqualTo(new Report(2, 0, 0, 0, 0));
        assertThat(triggers(portrait)).isEqualTo(1);
        assertThat(triggers(style)).isEqualTo(1);
        assertThat(triggers(done)).isZero();
        assertThat(avatars.events(portrait)).isEqualTo("watching");
        assertThat(node().reconciler.run()).isEqualTo(new Report(0, 0, 0, 0, 0));
        assertThat(avatars.events(portrait)).isEqualTo("watching");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = 'ERROR' WHERE TRIGGER_NAME = ?",
                "UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = 'COMPLETE' WHERE TRIGGER_NAME = ?",
                "UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = 'ACQUIRED' WHERE TRIGGER_NAME = ?",
                "UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = 'BLOCKED' WHERE TRIGGER_NAME = ?",
                "DELETE FROM QRTZ_SIMPLE_TRIGGERS WHERE TRIGGER_NAME = ?",
            })
    void triggerThatWillNeverFireDoesNotCountAsWatched(String harm) {
        AvatarId id = avatars.training("PORTRAIT", "r-1", now);
        ClusterNode node = node();
        node.reconciler.run();
        avatars.run(harm, id.toString());
        assertThat(node.reconciler.run()).isEqualTo(new Report(1, 0, 0, 1, 0));
        assertThat(avatars.count("""
                        SELECT count(*) FROM QRTZ_TRIGGERS t JOIN QRTZ_SIMPLE_TRIGGERS s
                        ON s.TRIGGER_NAME = t.TRIGGER_NAME AND s.TRIGGER_GROUP = t.TRIGGER_GROUP
                        WHERE t.TRIGGER_NAME = ? AND t.TRIGGER_STATE = 'WAITING' AND t.NEXT_FIRE_TIME > 1000""", id.toString())).isEqualTo(1);
        assertThat(avatars.events(id)).isEqualTo("watching,repaired,restored");
    }

    @Test
    void deadTriggerOfATrainingThatEndedIsRemoved() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", now);
        ClusterNode node = node();
        node.reconciler.run();
        avatars.run("UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = 'ERROR' WHERE TRIGGER_NAME = ?", id.toString());
        avatars.run("UPDATE avatars SET status = 'COMPLETED' WHERE id = ?", id.value());
        assertThat(node.reconciler.run()).isEqualTo(new Report(0, 0, 0, 1, 0));
        assertThat(triggers(id)).isZero();
    }

    @Test
    void windowThatPassedWhileNoWorkerRanIsSaidAndTheAvatarWatchedAgain() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", started.minus(Duration.ofHours(3)));
        ClusterNode node = node();
        watchedUntilAnHourAgo(node, id);
        assertThat(node.reconciler.run()).isEqualTo(new Report(1, 0, 0, 1, 0));
        assertThat(avatars.events(id)).isEqualTo("watching,window_expired,repaired,restored");
        assertThat(avatars.count("SELECT count(*) FROM v_watched WHERE avatar_id = ?", id.value()))
                .isEqualTo(1);
    }

    @Test
    void windowThatPassedWhileNoWorkerRanEndsAsStalledWhenTheTrainingIsTooOld() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", started);
        ClusterNode node = node();
        watchedUntilAnHourAgo(node, id);
        avatars.run("UPDATE avatars SET training_started_at = current_timestamp - INTERVAL '25' HOUR");
        assertThat(node.reconciler.run()).isEqualTo(new Report(0, 1, 0, 1, 0));
        assertThat(node.reconciler.run()).isEqualTo(new Report(0, 0, 0, 0, 0));
        assertThat(triggers(id)).isZero();
        assertThat(avatars.events(id)).isEqualTo("watching,window_expired,stalled,repaired");
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");
        assertThat(avatars.count("SELECT count(*) FROM v_stalled")).isEqualTo(1);
    }

    @Test
    void trainingThatWasNeverWatchedStallsOnceAndOnlyOnDemandBecomesAnError() {
        AvatarId id = avatars.insert("PORTRAIT", "training", "r-1", started.minus(Duration.ofHours(25)));
        assertThat(node(StalledAction.ERROR).reconciler.run()).isEqualTo(new Report(0, 1, 0, 0, 0));
        assertThat(avatars.row(id))
                .containsEntry("status", "error")
                .containsEntry("training_error", "stalled: fal did not end the training within 1440 minutes");
        assertThat(avatars.events(id)).isEqualTo("stalled");
    }

    @Test
    void stalledTrainingThatTheDatabaseKeepsFromErrorIsReportedOnceAndHoldsUpNoOther() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", started.minus(Duration.ofHours(25)));
        AvatarId other = avatars.training("PORTRAIT", "r-2", now);
        ClusterNode node = node(StalledAction.ERROR);
        avatars.run("ALTER TABLE avatars ADD CONSTRAINT no_error CHECK (status <> 'ERROR')");
        assertThat(node.reconciler.run()).isEqualTo(new Report(1, 1, 0, 0, 0));
        assertThat(node.reconciler.run()).isEqualTo(new Report(0, 0, 0, 0, 0));
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");
        assertThat(avatars.row("SELECT CAST(detail AS varchar) AS detail FROM avatar_event WHERE type = 'stalled'")
                        .get("detail"))
                .contains("\"set_to_error\":false");
        assertThat(triggers(other)).isEqualTo(1);
    }

    @Test
    void endThatTheDatabaseRefusedSoFarIsWatchedHoweverOldItsTrainingIs() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", started.minus(Duration.ofHours(25)));
        avatars.run("""
                INSERT INTO avatar_monitoring (avatar_id, fal_request_id, watched_since, window_ends_at, write_refusals, outcome, ended_at)
                VALUES (?, 'r-1', current_timestamp - INTERVAL '2' HOUR, current_timestamp - INTERVAL '1' HOUR, 3, 'window_expired',
                    current_timestamp - INTERVAL '1' HOUR)""", id.value());
        assertThat(node(StalledAction.ERROR).reconciler.run().watched()).isEqualTo(1);
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");
        assertThat(triggers(id)).isEqualTo(1);
    }

    @Test
    void retrainOfAStalledAvatarIsWatched() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", started.minus(Duration.ofHours(25)));
        ClusterNode node = node();
        node.reconciler.run();
        avatars.run(
                "UPDATE avatars SET fal_request_id = 'r-2', training_started_at = current_timestamp WHERE id = ?",
                id.value());
        assertThat(node.reconciler.run().watched()).isEqualTo(1);
        assertThat(avatars.events(id)).isEqualTo("stalled,watching");
    }

    @Test
    void invalidAvatarGetsOneEventForEachReason() {
        AvatarId id = avatars.training("PORTRAIT", "../../x", now.minusSeconds(60));
        ClusterNode node = node();
        assertThat(node.reconciler.run()).isEqualTo(new Report(0, 0, 1, 0, 0));
        assertThat(node.reconciler.run()).isEqualTo(new Report(0, 0, 0, 0, 0));
        avatars.run("UPDATE avatars SET fal_request_id = 'good', training_type = 'LANDSCAPE' WHERE id = ?", id.value());
        assertThat(node.reconciler.run()).isEqualTo(new Report(0, 0, 1, 0, 0));
        assertThat(avatars.events(id)).isEqualTo("invalid,invalid");
        assertThat(triggers(id)).isZero();
    }

    @Test
    void oneOddRowKeepsNoOtherFromBeingWatched() {
        avatars.run("ALTER TABLE avatars ALTER COLUMN fal_request_id TYPE text");
        AvatarId odd = avatars.training("PORTRAIT", "x".repeat(3_000), now.minusSeconds(60));
        AvatarId plain = avatars.training("PORTRAIT", "r-1", now);
        assertThat(node().reconciler.run()).isEqualTo(new Report(1, 0, 1, 0, 0));
        assertThat(node().reconciler.run()).isEqualTo(new Report(0, 0, 0, 0, 0));
        assertThat(avatars.events(odd)).isEqualTo("invalid");
        assertThat(triggers(plain)).isEqualTo(1);
    }

    @Test
    void brokenHourlyTriggerIsMadeAnew() {
        ClusterNode node = node();
        node.start();
        String waiting =
                "SELECT count(*) FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME = 'hourly' AND TRIGGER_STATE = 'WAITING'";
        String starting = "SELECT count(*) FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME LIKE 'start-%'";
        await().until(() -> avatars.count(starting) == 0 && avatars.count(waiting) == 1);
        avatars.run("UPDATE QRTZ_TRIGGERS SET TRIGGER_STATE = 'ERROR' WHERE TRIGGER_NAME = 'hourly'");
        assertThat(node.reconciler.run().repaired()).isEqualTo(1);
        assertThat(avatars.count(waiting)).isEqualTo(1);
        assertThat(avatars.count("SELECT count(*) FROM avatar_event WHERE type = 'repaired'"))
                .isEqualTo(1);
    }

    @Test
    void stalledAvatarBecomesAnErrorWhenThatIsConfiguredLater() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", started.minus(Duration.ofHours(25)));
        assertThat(node().reconciler.run().stalled()).isEqualTo(1);
        assertThat(node(StalledAction.ERROR).reconciler.run().stalled()).isEqualTo(1);
        assertThat(avatars.row(id)).containsEntry("status", "ERROR");
    }

    @Test
    void requestIdMayComeALittleLaterThanTheStatus() {
        AvatarId handedOver = avatars.insert("PORTRAIT", "TRAINING", null, now.minus(Duration.ofMinutes(9)));
        AvatarId forgotten = avatars.insert("PORTRAIT", "TRAINING", null, now.minusSeconds(601));
        assertThat(node().reconciler.run().invalid()).isEqualTo(1);
        assertThat(avatars.events(handedOver)).isEqualTo("null");
        assertThat(avatars.events(forgotten)).isEqualTo("invalid");
    }

    @Test
    void runThatFailsAndTheFirstOneThatDoesNotAreWritten() {
        avatars.training("PORTRAIT", "r-1", now);
        ClusterNode node = node();
        avatars.run("ALTER TABLE avatar_monitoring ADD CONSTRAINT broken CHECK (rounds > 1000)");
        assertThatThrownBy(node.reconciler::run).isInstanceOf(ScheduleException.class);
        assertThatThrownBy(node.reconciler::run).isInstanceOf(ScheduleException.class);
        avatars.run("ALTER TABLE avatar_monitoring DROP CONSTRAINT broken");
        node.reconciler.run();
        node.reconciler.run();
        assertThat(avatars.rows(
                        "SELECT type FROM avatar_event WHERE type LIKE 'reconcile%' AND worker = ? ORDER BY id",
                        node.schedule.worker()))
                .extracting(row -> row.get("type"))
                .containsExactly("reconcile_failed", "reconcile_failed", "reconcile_recovered");
    }

    @Test
    void eventsOlderThanTheRetentionAreDeleted() {
        avatars.run(
                "INSERT INTO avatar_event (at, worker, type, detail) VALUES (?, 'w', 'fal_paused', ?"
                        + (fresh.database().dialect() == avatarmonitor.store.sql.Dialect.H2 ? " FORMAT JSON)" : ")"),
                now.minus(Duration.ofDays(31)).atOffset(java.time.ZoneOffset.UTC),
                "{}");
        avatars.run(
                "INSERT INTO avatar_monitor_delivery (channel, message_id, lane, body, state, created_at, attempts,"
                        + " next_attempt_at, ended_at) VALUES ('log', ?, 'x', JSON '{}', 'delivered', ?, 1, ?, ?)",
                java.util.UUID.randomUUID(),
                now.minus(Duration.ofDays(31)).atOffset(java.time.ZoneOffset.UTC),
                now.minus(Duration.ofDays(31)).atOffset(java.time.ZoneOffset.UTC),
                now.minus(Duration.ofDays(31)).atOffset(java.time.ZoneOffset.UTC));
        AvatarId young = avatars.training("PORTRAIT", "r-1", now);
        assertThat(node().reconciler.run().pruned()).isEqualTo(2);
        assertThat(avatars.count("SELECT count(*) FROM avatar_event")).isEqualTo(1);
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_delivery"))
                .isZero();
        assertThat(avatars.events(young)).isEqualTo("watching");
    }

    @Test
    void twoWorkersThatTakeUpTheSame100AvatarsMake100Triggers() throws Exception {
        for (int i = 0; i < 100; i++) {
            avatars.training("PORTRAIT", "r-" + i, now);
        }
        CyclicBarrier together = new CyclicBarrier(2);
        Callable<Report> run = () -> {
            ClusterNode node;
            synchronized (nodes) {
                node = node();
            }
            together.await();
            return node.reconciler.run();
        };
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<Report>> reports = threads.invokeAll(List.of(run, run));
            assertThat(reports.get(0).get().watched() + reports.get(1).get().watched())
                    .isEqualTo(100);
        } finally {
            threads.shutdown();
        }
        assertThat(avatars.count("SELECT count(*) FROM QRTZ_TRIGGERS WHERE TRIGGER_GROUP = 'avatar'"))
                .isEqualTo(100);
        assertThat(avatars.count("SELECT count(*) FROM avatar_event WHERE type = 'watching'"))
                .isEqualTo(100);
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitoring")).isEqualTo(100);
    }

    /** As if monitoring had started two hours ago, and no worker had run when its window ended. */
    private void watchedUntilAnHourAgo(ClusterNode node, AvatarId id) {
        node.reconciler.run();
        long twoHours = Duration.ofHours(2).toMillis();
        avatars.run(
                "UPDATE QRTZ_TRIGGERS SET START_TIME = START_TIME - ?, NEXT_FIRE_TIME = NEXT_FIRE_TIME - ?, END_TIME = END_TIME - ?"
                        + " WHERE TRIGGER_NAME = ?",
                twoHours,
                twoHours,
                twoHours,
                id.toString());
        avatars.run("UPDATE avatar_monitoring SET window_ends_at = window_ends_at - INTERVAL '2' HOUR");
    }

    private int triggers(AvatarId id) {
        return avatars.count("SELECT count(*) FROM QRTZ_TRIGGERS WHERE TRIGGER_NAME = ?", id.toString());
    }
}
