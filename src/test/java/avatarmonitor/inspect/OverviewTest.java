package avatarmonitor.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.Database;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.QuartzRows;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The counts equal those of the views, for every state of an avatar and its trigger. */
class OverviewTest {
    private static final Map<String, String> AS_THE_VIEWS_SAY = Map.of(
            "training", "SELECT count(*) FROM avatar_monitor_training",
            "watched", "SELECT count(*) FROM v_watched",
            "late", "SELECT count(*) FROM v_watched WHERE seconds_late > 60",
            "failing", "SELECT count(*) FROM v_watched WHERE failures_in_row > 0",
            "unwatched", "SELECT count(*) FROM v_unwatched WHERE state <> 'stalled'",
            "unmonitored", "SELECT count(*) FROM v_unwatched WHERE state = 'unmonitored'",
            "invalid", "SELECT count(*) FROM v_unwatched WHERE state = 'invalid'",
            "stalled", "SELECT count(*) FROM v_stalled",
            "ends_refused", "SELECT count(*) FROM avatar_monitor_answer",
            "stuck", "SELECT count(*) FROM v_stuck_triggers");

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    @ParameterizedTest
    @EnumSource(TestDatabase.class)
    void figuresAreThoseOfTheViews(TestDatabase kind) {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database database = fresh.database();
            Sql.run(database, QuartzRows.STATUS_CHECK_JOB);
            change(database, watched(database, 5), List.of());
            change(
                    database,
                    watched(database, 4),
                    List.of("UPDATE qrtz_triggers SET next_fire_time = :now - 90000 WHERE trigger_name = ':id'"));
            change(
                    database,
                    watched(database, 3),
                    List.of("UPDATE avatar_monitoring SET failures_in_row = 2 WHERE avatar_id = ':id'"));
            change(
                    database,
                    watched(database, 2),
                    List.of(
                            "UPDATE avatar_monitoring SET failures_in_row = 2 WHERE avatar_id = ':id'",
                            "UPDATE qrtz_triggers SET trigger_state = 'ERROR' WHERE trigger_name = ':id'"));
            change(
                    database,
                    watched(database, 2),
                    List.of("DELETE FROM qrtz_simple_triggers WHERE trigger_name = ':id'"));
            change(
                    database,
                    watched(database, 2),
                    List.of("UPDATE qrtz_triggers SET trigger_state = 'PAUSED' WHERE trigger_name = ':id'"));
            change(database, watched(database, 2), List.of("UPDATE avatars SET status = 'COMPLETED' WHERE id = ':id'"));
            change(
                    database,
                    watched(database, 3),
                    List.of(
                            "DELETE FROM qrtz_simple_triggers WHERE trigger_name = ':id'",
                            "DELETE FROM qrtz_triggers WHERE trigger_name = ':id'",
                            "UPDATE avatar_monitoring SET outcome = 'stalled', ended_at = current_timestamp"
                                    + " WHERE avatar_id = ':id'"));
            change(
                    database,
                    watched(database, 2),
                    List.of(
                            "INSERT INTO avatar_monitor_answer (avatar_id, fal_request_id, at, worker, ending, fal_status)"
                                    + " SELECT id, fal_request_id, current_timestamp, 'w', 'completed', 'COMPLETED'"
                                    + " FROM avatars WHERE id = ':id'"));
            change(
                    database,
                    watched(database, 1),
                    List.of(
                            "UPDATE avatar_monitoring SET outcome = 'stalled', ended_at = current_timestamp"
                                    + " WHERE avatar_id = ':id'",
                            "UPDATE avatars SET fal_request_id = 'again' WHERE id = ':id'"));
            change(
                    database,
                    watched(database, 1),
                    List.of(
                            "DELETE FROM qrtz_simple_triggers WHERE trigger_name = ':id'",
                            "UPDATE qrtz_triggers SET trigger_name = 'no avatar' WHERE trigger_name = ':id'",
                            "INSERT INTO qrtz_simple_triggers VALUES ('avatar-monitor', 'no avatar', 'avatar', -1, 60000, 7)"));
            // Given up on an earlier request; and invalid, whatever its outcome.
            change(
                    database,
                    watched(database, 4),
                    List.of(
                            "DELETE FROM qrtz_simple_triggers WHERE trigger_name = ':id'",
                            "DELETE FROM qrtz_triggers WHERE trigger_name = ':id'",
                            "UPDATE avatar_monitoring SET outcome = 'stalled', ended_at = current_timestamp"
                                    + " WHERE avatar_id = ':id'",
                            "UPDATE avatars SET fal_request_id = 'retrained' WHERE id = ':id'"));
            change(
                    database,
                    watched(database, 1),
                    List.of(
                            "DELETE FROM qrtz_simple_triggers WHERE trigger_name = ':id'",
                            "DELETE FROM qrtz_triggers WHERE trigger_name = ':id'",
                            "UPDATE avatar_monitoring SET outcome = 'stalled', ended_at = current_timestamp"
                                    + " WHERE avatar_id = ':id'",
                            "UPDATE avatars SET training_type = 'video' WHERE id = ':id'"));
            new Avatars(database).training("STYLE", "req-new", now.minusSeconds(60));
            List<AvatarId> invalidRows =
                    List.of(new Avatars(database).insert("STYLE", "TRAINING", null, now.minusSeconds(60)));
            new Avatars(database).training("STYLE", "../../x", now.minusSeconds(60));
            change(
                    database,
                    watched(database, 3),
                    List.of("UPDATE avatar_monitoring SET last_checked_at = current_timestamp, failures_in_row = 1,"
                            + " last_answered_at = current_timestamp - INTERVAL '900' SECOND WHERE avatar_id = ':id'"));
            for (AvatarId invalid : invalidRows) {
                event(database, invalid, "invalid", now.minusSeconds(7_200));
                event(database, invalid, "restored", now.minusSeconds(3_600));
                event(database, invalid, "invalid", now.minusSeconds(1_800));
                event(database, invalid, "invalid", now.minusSeconds(900));
            }
            Sql.run(database, "INSERT INTO qrtz_paused_trigger_grps VALUES ('avatar-monitor', 'avatar')");

            Overview overview = Overview.read(database, now);

            AS_THE_VIEWS_SAY.forEach((word, query) -> assertThat(overview.counts())
                    .as(word)
                    .containsEntry(
                            word, Long.parseLong(Sql.rows(database, query).get(0)))
                    .doesNotContainEntry(word, 0L));
            assertThat(overview.lateMostSeconds()).isBetween(840L, 1_400L);
            assertThat(overview.counts()).containsEntry("late", 7L).containsEntry("invalid", 3L);
            AvatarSchema schema = AvatarSchema.read(database);
            for (AvatarList list : List.of(AvatarList.UNWATCHED, AvatarList.UNMONITORED, AvatarList.INVALID)) {
                assertThat(overview.counts()).containsEntry(list.word(), (long)
                        list.first(database, schema, new AvatarFilter("", "", ""), 100)
                                .rows()
                                .size());
            }
            assertThat(overview.counts()).containsEntry("unmonitored", 10L).containsEntry("unwatched", 13L);
            assertThat(overview.since())
                    .containsOnlyKeys("failing", "unmonitored", "invalid", "stalled", "ends_refused")
                    .containsEntry("invalid", now.minusSeconds(1_800));
            assertThat(overview.since().get("failing"))
                    .isBetween(now.minusSeconds(901), Instant.now().minusSeconds(899));
            assertThat(overview.since().get("unmonitored"))
                    .as("the start of a training whose earlier request was given up")
                    .isEqualTo(now.minusSeconds(600));
            assertThat(overview.since().get("stalled"))
                    .isBetween(now.minusSeconds(1), Instant.now().plusSeconds(1));
            assertThat(Sql.rows(database, "SELECT max(seconds_late) FROM v_watched"))
                    .as("the views agree")
                    .allSatisfy(late -> assertThat(Long.parseLong(late))
                            .isBetween(overview.lateMostSeconds(), overview.lateMostSeconds() + 60));
        }
    }

    @ParameterizedTest
    @EnumSource(TestDatabase.class)
    void eventWhoseDetailIsNoObjectHidesNothing(TestDatabase kind) {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database database = fresh.database();
            String detail = kind == TestDatabase.H2 ? "JSON '[]'" : "'[]'";
            Sql.run(
                    database,
                    "INSERT INTO avatar_event (at, worker, type, detail) VALUES (current_timestamp, 'w', 'clock_off', "
                            + detail + ")");

            assertThat(database.read(LastingEvents::read).clocks()).containsOnlyKeys("w");
        }
    }

    private static void event(Database database, AvatarId avatar, String type, Instant at) {
        Sql.run(
                database,
                "INSERT INTO avatar_event (at, avatar_id, worker, type, detail) VALUES (TIMESTAMP WITH TIME ZONE '" + at
                        + "', '" + avatar + "', 'w', '" + type + "', '{}')");
    }

    private List<AvatarId> watched(Database database, int count) {
        Avatars avatars = new Avatars(database);
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    AvatarId id = avatars.training("STYLE", "req-" + i, now.minusSeconds(600));
                    change(
                            database,
                            List.of(id),
                            List.of(
                                    "INSERT INTO avatar_monitoring (avatar_id, fal_request_id, watched_since, window_ends_at, checks)"
                                            + " SELECT id, fal_request_id, current_timestamp,"
                                            + " current_timestamp + INTERVAL '1' HOUR, 7 FROM avatars WHERE id = ':id'",
                                    "INSERT INTO qrtz_triggers VALUES ('avatar-monitor', ':id', 'avatar', 'status-check', 'avatar',"
                                            + " NULL, :now + 30000, -1, 5, 'WAITING', 'SIMPLE', 1, :now + 3600000, NULL, 4, NULL)",
                                    "INSERT INTO qrtz_simple_triggers VALUES ('avatar-monitor', ':id', 'avatar', -1, 60000, 7)"));
                    return id;
                })
                .toList();
    }

    private void change(Database database, List<AvatarId> avatars, List<String> statements) {
        for (AvatarId id : avatars) {
            for (String statement : statements) {
                Sql.run(
                        database,
                        statement.replace(":id", id.toString()).replace(":now", Long.toString(now.toEpochMilli())));
            }
        }
    }
}
