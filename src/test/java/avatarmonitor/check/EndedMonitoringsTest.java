package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.MonitoringStore.Outcome;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.check.decision.UnwrittenEnd;
import avatarmonitor.check.decision.UnwrittenEnd.Ending;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How the monitoring state records the end of a training, and when its row is deleted. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_15"})
final class EndedMonitoringsTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private static final Instant NOW = Instant.parse("2026-11-23T10:05:00Z");

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private final Avatars avatars;
    private final AvatarId id = new AvatarId(UUID.randomUUID());

    EndedMonitoringsTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        avatars = new Avatars(database);
        Checks.begin(database, id, "r-1", START);
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    @Test
    void endIsRecordedAsACheckThatNoRefusalPreceded() {
        refused("r-1");
        ended("r-1", Ending.COMPLETED);
        assertThat(row())
                .containsEntry("outcome", "completed")
                .containsEntry("checks", "2")
                .containsEntry("last_fal_status", "COMPLETED")
                .containsEntry("queue_position", null)
                .containsEntry("last_error", "the reason")
                .containsEntry("last_worker", "worker-1")
                .containsEntry("write_refusals", "0");
        assertThat(monitoring().lastRequestAt()).isEqualTo(NOW);
    }

    @Test
    void refusedEndIsAFailureThatFalAnswered() {
        refused("r-1");
        assertThat(row())
                .containsEntry("outcome", null)
                .containsEntry("checks", "1")
                .containsEntry("failures_in_row", "1")
                .containsEntry("write_refusals", "4")
                .containsEntry("last_fal_status", "COMPLETED")
                .containsEntry("last_error", "the database refuses it")
                .containsEntry("last_worker", "worker-2");
        assertThat(row().get("last_answered_at")).isEqualTo(row().get("last_checked_at"));
        refused("r-1");
        assertThat(row()).containsEntry("failures_in_row", "2").containsEntry("checks", "2");
    }

    @Test
    void anotherRequestIsNotTouched() {
        ended("r-2", Ending.FAILED);
        refused("r-2");
        assertThat(row()).containsEntry("outcome", null).containsEntry("checks", "0");
    }

    @ParameterizedTest
    @EnumSource(Ending.class)
    void trainingThatFalEndedHasEnded(Ending ending) {
        assertThat(hasEnded("r-1")).isFalse();
        ended("r-1", ending);
        assertThat(hasEnded("r-1")).isTrue();
        assertThat(hasEnded("r-2")).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = Outcome.class,
            names = {"GAVE_UP", "WINDOW_EXPIRED", "STALLED", "TIMED_OUT", "STOPPED"})
    void trainingThatIsNoLongerMonitoredHasNotEnded(Outcome outcome) {
        database.inTransaction(connection -> MonitoringStore.end(connection, id, "r-1", outcome, null, NOW));
        assertThat(hasEnded("r-1")).isFalse();
    }

    @Test
    void atMostABatchIsDeletedAndOnlyWhatNothingNeeds() {
        AvatarId open = avatars.insert("PORTRAIT", "COMPLETED", "r-1", START);
        AvatarId training = avatars.training("PORTRAIT", "r-1", START);
        AvatarId ended = avatars.insert("PORTRAIT", "COMPLETED", "r-1", START);
        AvatarId later = avatars.insert("PORTRAIT", "COMPLETED", "r-1", START);
        for (AvatarId one : new AvatarId[] {open, training, ended, later}) {
            Checks.begin(database, one, "r-1", START);
        }
        for (AvatarId one : new AvatarId[] {training, ended}) {
            end(one, NOW);
        }
        end(later, NOW.plusSeconds(1));
        assertThat(prune(START, 10)).isZero();
        assertThat(prune(NOW.plusSeconds(1), 1)).isEqualTo(1);
        assertThat(prune(NOW.plusSeconds(1), 10)).isEqualTo(1);
        assertThat(avatars.rows("SELECT avatar_id FROM avatar_monitoring"))
                .extracting(row -> row.get("avatar_id"))
                .containsExactlyInAnyOrder(open.toString(), training.toString(), later.toString());
    }

    private static UnwrittenEnd end(String request, Ending ending) {
        return new UnwrittenEnd(request, ending, "COMPLETED", "the reason", null, null, NOW);
    }

    private void end(AvatarId avatar, Instant at) {
        database.inTransaction(
                connection -> MonitoringStore.end(connection, avatar, "r-1", Outcome.COMPLETED, null, at));
    }

    private void ended(String request, Ending ending) {
        database.inTransaction(connection -> {
            EndedMonitorings.ended(connection, id, end(request, ending), "worker-1", NOW);
            return true;
        });
    }

    private void refused(String request) {
        database.inTransaction(connection -> {
            EndedMonitorings.refused(
                    connection, id, end(request, Ending.FAILED), 4, "the database refuses it", "worker-2", NOW);
            return true;
        });
    }

    private boolean hasEnded(String request) {
        return database.inTransaction(connection -> EndedMonitorings.hasEnded(connection, id, request));
    }

    private int prune(Instant before, int batch) {
        return database.inTransaction(connection -> EndedMonitorings.prune(connection, before, batch));
    }

    private Monitoring monitoring() {
        return database.<Monitoring>read(
                connection -> MonitoringStore.find(connection, id).orElseThrow());
    }

    private Map<String, @Nullable String> row() {
        return avatars.row("SELECT * FROM avatar_monitoring WHERE avatar_id = ?", id.value());
    }
}
