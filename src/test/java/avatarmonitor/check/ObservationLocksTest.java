package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.Observations.Written;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.TestDatabase;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A group write on PostgreSQL waits for no lock, and finds its rows by key. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(value = TestDatabase.class, mode = EnumSource.Mode.EXCLUDE, names = "H2")
final class ObservationLocksTest {
    private static final int MANY = 100_000;

    private final TestDatabase.Fresh fresh;
    private final Observing observing;

    ObservationLocksTest(TestDatabase kind) {
        fresh = kind.fresh();
        observing = new Observing(fresh.database());
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    @Test
    void lockedRowIsSkippedAndNotWaitedFor() {
        Observation held = observing.of(observing.watched(), Observing.progress(50));
        Observation heldInPart = observing.of(observing.watched(), Observing.progress(50));
        Observation free = observing.of(observing.watched(), Observing.progress(50));
        ObservationStore store = observing.store();
        Written written = fresh.database().inTransaction(application -> {
            for (String lock : List.of(
                    "UPDATE avatars SET name = 'new' WHERE id = '" + held.id() + "'",
                    "UPDATE avatar_monitoring SET rounds = 2 WHERE avatar_id = '" + heldInPart.id() + "'")) {
                try (PreparedStatement statement = application.prepareStatement(lock)) {
                    statement.executeUpdate();
                }
            }
            return store.write(List.of(held, heldInPart, free));
        });
        assertThat(written).isEqualTo(new Written(Set.of(free.id()), Set.of(held.id(), heldInPart.id())));
        assertThat(observing.watch(heldInPart.id())).containsEntry("checks", "0");
        assertThat(observing.avatars.row(heldInPart.id())).containsEntry("training_progress", null);

        assertThat(store.write(List.of(held, heldInPart)).written())
                .containsExactlyInAnyOrder(held.id(), heldInPart.id());
        assertThat(observing.avatars.row(held.id()))
                .containsEntry("name", "new")
                .containsEntry("training_progress", "50");
    }

    /** An application that keeps a transaction open has locked the row; waiting for it would block other checks. */
    @Test
    void lockedRowDoesNotPreventTheNextCheck() throws Exception {
        Observation held = observing.of(observing.watched(), Observing.progress(50));
        Duration never = Duration.ofHours(1);
        ObservationBuffer observationBuffer = new ObservationBuffer(
                observing.store(), "worker-1", new ObservationBuffer.Limits(never, 500, 10_000, never, never, 10));
        observationBuffer.start();
        observationBuffer.note(held);

        fresh.database().inTransaction(application -> {
            try (PreparedStatement lock =
                    application.prepareStatement("SELECT 1 FROM avatars WHERE id = ? FOR UPDATE")) {
                lock.setObject(1, held.id().value());
                lock.execute();
            }
            // Waiting for the row would end here by lock_timeout, with an exception.
            observationBuffer.write(held.id());
            return true;
        });

        assertThat(observationBuffer.keeps(held.id())).isFalse();
        assertThat(observing.watch(held.id())).containsEntry("checks", "0");
        assertThat(observationBuffer.stop(Duration.ofSeconds(5))).isTrue();
    }

    /** Rows of other tables that refer to an avatar can be written while the avatar is. */
    @Test
    void rowThatAnotherTableRefersToIsNotHeld() {
        observing.avatars.run("CREATE TABLE photos (avatar_id uuid REFERENCES avatars)");
        Observation one = observing.of(observing.watched(), Observing.progress(50));
        ObservationStore store = observing.store();
        Written written = fresh.database().inTransaction(application -> {
            try (PreparedStatement statement = application.prepareStatement("INSERT INTO photos VALUES (?)")) {
                statement.setObject(1, one.id().value());
                statement.executeUpdate();
            }
            return store.write(List.of(one));
        });
        assertThat(written.written()).containsExactly(one.id());
    }

    /** The server counts sequential scans itself, so that the plans are those of the statements as sent. */
    @Test
    void noTableIsReadWholeForAGroupWhateverTheStatisticsSay() {
        AvatarId first = observing.watched();
        StatusCheck check = Checks.asking(new ScriptedFal(), fresh.database(), () -> Observing.SEEN_AT);
        observing.avatars.run("ALTER TABLE avatars SET (autovacuum_enabled = off)");
        observing.avatars.run("ALTER TABLE avatar_monitoring SET (autovacuum_enabled = off)");
        // The statistics are those of a table with one row, and every connection has prepared the statements.
        observing.avatars.run("ANALYZE avatars, avatar_monitoring");
        ObservationStore store = observing.store();
        for (int i = 0; i < 12; i++) {
            store.write(List.of(observing.of(first, Observing.progress(i))));
            assertThat(check.prefetch(List.of(first))).hasSize(1);
        }
        observing.avatars.run("""
                INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)
                SELECT CAST(md5(CAST(n AS text)) AS uuid), 'Ada', 'STYLE', 'TRAINING', 'r-' || n, now() FROM generate_series(1, ?) n""", MANY);
        observing.avatars.run("""
                INSERT INTO avatar_monitoring (avatar_id, fal_request_id, watched_since, window_ends_at)
                SELECT id, fal_request_id, now(), now() FROM avatars WHERE fal_request_id <> 'r-1' OR name = 'Ada'""");
        for (boolean analyzed : new boolean[] {false, true}) {
            if (analyzed) {
                observing.avatars.run("ANALYZE avatars, avatar_monitoring");
            }
            List<AvatarId> ids = observing.avatars.rows("SELECT id FROM avatars ORDER BY id LIMIT 500").stream()
                    .map(row -> new AvatarId(UUID.fromString(String.valueOf(row.get("id")))))
                    .toList();
            List<Observation> group = ids.stream()
                    .map(id -> observing.of(id, Observing.progress(3)))
                    .toList();
            long before = rowsReadWhole();
            assertThat(check.prefetch(ids)).hasSize(500);
            assertThat(store.write(group).written()).hasSize(500);
            assertThat(rowsReadWhole() - before).as("analyzed: %s", analyzed).isLessThan(MANY);
        }
    }

    private long rowsReadWhole() {
        observing.avatars.row("SELECT CAST(pg_stat_force_next_flush() AS text)");
        return Long.parseLong(String.valueOf(observing.avatars.row("""
                        SELECT sum(seq_tup_read) AS read FROM pg_stat_user_tables
                        WHERE relname IN ('avatars', 'avatar_monitoring')""").get("read")));
    }
}
