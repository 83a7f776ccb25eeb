package avatarmonitor.check;

import static avatarmonitor.check.Observing.SEEN_AT;
import static avatarmonitor.check.Observing.START;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.Monitoring.Doubt;
import avatarmonitor.check.decision.NextAction.Observed;
import avatarmonitor.store.migration.Migrations;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Check results written together leave the same rows as one by one, and each is dropped individually. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class ObservationGroupTest {
    private final TestDatabase kind;
    private final TestDatabase.Fresh fresh;
    private final Avatars avatars;
    private final Observing observing;

    ObservationGroupTest(TestDatabase kind) {
        this.kind = kind;
        fresh = kind.fresh();
        observing = new Observing(fresh.database());
        avatars = observing.avatars;
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    @Test
    void eachKindOfObservationLeavesWhatItAloneWouldLeave() {
        List<Observed> kinds = List.of(
                new Observed("IN_QUEUE", 7, null, 0, null, null, SEEN_AT),
                new Observed("IN_PROGRESS", null, 40, 0, null, null, SEEN_AT),
                new Observed("UNAVAILABLE", null, null, 3, null, "e".repeat(2_000), SEEN_AT),
                new Observed(
                        "NOT_FOUND",
                        null,
                        null,
                        2,
                        new Doubt(Doubt.Kind.NOT_FOUND, 5, START),
                        "it's \"gone\"",
                        SEEN_AT));
        List<Observation> together = new ArrayList<>();
        for (Observed kind : kinds) {
            Observation alone = observing.of(observing.watched(), kind);
            assertThat(observing.store().write(alone)).isTrue();
            together.add(observing.of(observing.watched(), kind));
        }
        Observations.Written written = observing.store().write(together);
        assertThat(written.written())
                .containsExactlyInAnyOrderElementsOf(
                        together.stream().map(Observation::id).toList());

        if (kind != TestDatabase.H2) {
            // Four transactions for those that were written alone, one for the group: no fallback wrote it one by one.
            assertThat(avatars.count("SELECT count(DISTINCT CAST(xmin AS text)) FROM avatar_monitoring"))
                    .isEqualTo(5);
        }

        List<Map<String, @Nullable String>> rows = rows();
        assertThat(rows).hasSize(2 * kinds.size());
        for (int i = 0; i < rows.size(); i += 2) {
            assertThat(rows.get(i + 1)).isEqualTo(rows.get(i));
        }
        assertThat(rows.get(0)).containsEntry("checks", "1").containsEntry("queue_position", "7");
        assertThat(rows.get(2)).containsEntry("training_progress", "40").containsEntry("kept", "1");
    }

    /** Avatar, monitoring state and history of each, without ids, in the order of creation. */
    private List<Map<String, @Nullable String>> rows() {
        List<Map<String, @Nullable String>> rows = avatars.rows("""
                SELECT a.*, m.*, (SELECT count(*) FROM avatar_monitor_check c WHERE c.avatar_id = a.id AND c.fal_request_id = 'r-1'
                    AND c.worker = 'worker-1' AND c.outcome = 'still_training' AND c.fal_status = m.last_fal_status
                    AND c.took_ms = 12 AND c.at = m.last_checked_at AND coalesce(c.error, '') = coalesce(m.last_error, '')
                    AND coalesce(c.progress, -1) = coalesce(a.training_progress, -1)
                    AND coalesce(c.queue_position, -1) = coalesce(m.queue_position, -1)) AS kept
                FROM avatars a JOIN avatar_monitoring m ON m.avatar_id = a.id ORDER BY a.name""");
        rows.forEach(row -> List.of("id", "avatar_id", "name").forEach(row::remove));
        return rows;
    }

    @Test
    void progressNeverGoesDownAndAnUnchangedWordIsNoNews() {
        AvatarId id = observing.watched();
        avatars.run("UPDATE avatars SET training_progress = 60, updated_at = ? WHERE id = ?", utc(START), id.value());
        avatars.run("UPDATE avatar_monitoring SET last_fal_status = 'IN_PROGRESS' WHERE avatar_id = ?", id.value());
        write(observing.of(id, Observing.progress(30)));
        assertThat(avatars.row(id)).containsEntry("training_progress", "60");
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_check")).isZero();
        write(observing.of(id, new Observed("IN_PROGRESS", null, null, 0, null, null, SEEN_AT.plusSeconds(5))));
        assertThat(avatars.row(id)).containsEntry("training_progress", "60");
        assertThat(avatars.count(
                        "SELECT count(*) FROM avatars WHERE last_status_check = ? AND updated_at = ?",
                        utc(SEEN_AT.plusSeconds(5)),
                        utc(SEEN_AT)))
                .isEqualTo(1);
    }

    @Test
    void resultOvertakenByAnotherWriterIsDroppedAloneAndWhole() {
        List<Observation> group = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            group.add(observing.of(observing.watched(), Observing.progress(50)));
        }
        changed(group.get(0), "UPDATE avatars SET status = 'Cancelled' WHERE id = ?");
        changed(group.get(1), "UPDATE avatars SET fal_request_id = 'r-2' WHERE id = ?");
        changed(group.get(2), "UPDATE avatar_monitoring SET checks = 1 WHERE avatar_id = ?");
        changed(group.get(3), "UPDATE avatar_monitoring SET fal_request_id = 'r-2' WHERE avatar_id = ?");
        changed(group.get(4), "DELETE FROM avatars WHERE id = ?");
        List<Map<String, @Nullable String>> before = all(group.subList(0, 5));

        Observations.Written written = observing.store().write(group);

        assertThat(written.written()).containsExactly(group.get(5).id());
        assertThat(written.busy()).isEmpty();
        assertThat(all(group.subList(0, 5))).isEqualTo(before);
        assertThat(avatars.row(group.get(5).id())).containsEntry("training_progress", "50");
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_check")).isEqualTo(1);
    }

    private List<Map<String, @Nullable String>> all(List<Observation> group) {
        List<Map<String, @Nullable String>> all = new ArrayList<>();
        for (Observation one : group) {
            all.add(avatars.row(one.id()));
            all.add(avatars.row(
                    "SELECT * FROM avatar_monitoring WHERE avatar_id = ?",
                    one.id().value()));
        }
        return all;
    }

    @Test
    void letterCaseOfTheStatusIsIgnored() {
        AvatarId id = observing.watched();
        avatars.run("UPDATE avatars SET status = 'tRaining' WHERE id = ?", id.value());
        assertThat(write(observing.of(id, Observing.progress(10))).written()).containsExactly(id);
        assertThat(avatars.row(id)).containsEntry("status", "tRaining");
    }

    @Test
    void statusMayBeAnEnumAndColumnsOfOtherTypes() {
        try (TestDatabase.Fresh other = kind.empty()) {
            boolean h2 = other.database().dialect() == Dialect.H2;
            String labels = "ENUM ('training', 'completed', 'error', 'cancelled')";
            if (!h2) {
                Sql.run(other.database(), "CREATE TYPE avatar_status AS " + labels);
            }
            Sql.run(
                    other.database(),
                    "CREATE TABLE avatars (id uuid PRIMARY KEY, status " + (h2 ? labels : "avatar_status")
                            + " NOT NULL, name text,"
                            + " training_type text, fal_request_id text, training_started_at timestamp, last_status_check timestamp,"
                            + " training_progress smallint NOT NULL DEFAULT 0)");
            Migrations.run(other.database());
            Observing there = new Observing(other.database());
            AvatarId id = there.avatars.insert("portrait", "training", "r-1", START);
            there.begin(id);
            assertThat(there.store()
                            .write(List.of(there.of(id, Observing.progress(40))))
                            .written())
                    .containsExactly(id);
            assertThat(there.avatars.row(id))
                    .containsEntry("training_progress", "40")
                    .containsEntry("last_status_check", "2026-11-23 10:01:00.123456");
        }
    }

    @Test
    void columnsThatTheApplicationDoesNotHaveAreLeftOut() {
        AvatarId id = observing.watched();
        avatars.run("ALTER TABLE avatars DROP COLUMN training_progress");
        avatars.run("ALTER TABLE avatars DROP COLUMN updated_at");
        assertThat(write(observing.of(id, Observing.progress(10))).written()).containsExactly(id);
        assertThat(avatars.count("SELECT count(*) FROM avatars WHERE last_status_check = ?", utc(SEEN_AT)))
                .isEqualTo(1);
        avatars.run("ALTER TABLE avatars DROP COLUMN last_status_check");
        assertThat(write(observing.of(id, Observing.progress(20))).written()).containsExactly(id);
        assertThat(write(observing.of(id, Observing.progress(30))).written()).containsExactly(id);
        assertThat(observing.watch(id)).containsEntry("checks", "3");
    }

    @Test
    void rowThatTheDatabaseRefusesDoesNotKeepTheOthersFromBeingWritten() {
        avatars.run("ALTER TABLE avatars ADD CONSTRAINT odd CHECK (training_progress < 90)");
        Observation refused = observing.of(observing.watched(), Observing.progress(95));
        Observation fine = observing.of(observing.watched(), Observing.progress(50));
        assertThat(observing.store().write(List.of(refused, fine)).written())
                .containsExactlyInAnyOrder(refused.id(), fine.id());
        assertThat(observing.watch(refused.id())).containsEntry("checks", "1").containsEntry("failures_in_row", "1");
        assertThat(observing.watch(refused.id()).get("last_error")).startsWith("write refused by the database");
        assertThat(avatars.row(refused.id())).containsEntry("training_progress", null);
        assertThat(observing.watch(fine.id())).containsEntry("checks", "1");
    }

    private Observations.Written write(Observation one) {
        return observing.store().write(List.of(one));
    }

    private void changed(Observation one, String sql) {
        avatars.run(sql, one.id().value());
    }

    private static Object utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
