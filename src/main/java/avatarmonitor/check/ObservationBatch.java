package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.Observations.Written;
import avatarmonitor.check.decision.Monitoring.Doubt;
import avatarmonitor.store.sql.Columns;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.FreshPlan;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Set-based version of {@link ObservationStore}: one statement for many checks. Skips locked rows instead of waiting
 * (SKIP LOCKED), so it cannot be part of a deadlock, whatever the application locks. PostgreSQL only.
 */
final class ObservationBatch {
    /** Guard of each write, same as in {@link AvatarStore} for one row. */
    private static final String STILL_THE_SAME = AvatarStore.request(Dialect.POSTGRESQL) + " = seen.request AND "
            + AvatarStore.isTraining(Dialect.POSTGRESQL);

    private ObservationBatch() {}

    /** @param touch assignments for {@code avatars} from the table {@code held}; empty for none */
    static Written write(Connection connection, List<Observation> group, String touch, String worker)
            throws SQLException {
        FreshPlan.byIndex(connection);
        Set<AvatarId> written = new HashSet<>(
                Jdbc.listPlanned(connection, sql(touch), ObservationBatch::id, values(connection, group, worker)));
        List<Observation> rest =
                group.stream().filter(one -> !written.contains(one.id())).toList();
        return new Written(written, rest.isEmpty() ? Set.of() : current(connection, rest));
    }

    private static String sql(String touch) {
        // A row of "held" is locked in both tables and has passed both guards, so both tables are written.
        String touched = touch.isEmpty() ? "" : """
                , touched AS (
                  UPDATE avatars SET %s FROM held WHERE avatars.id = held.id AND avatars.id = ANY (ARRAY(SELECT id FROM held))
                )""".formatted(touch);
        return """
                WITH seen AS (
                  SELECT * FROM unnest(CAST(? AS uuid[]), CAST(? AS text[]), CAST(? AS bigint[]), CAST(? AS timestamptz[]),
                    CAST(? AS int[]), CAST(? AS text[]), CAST(? AS int[]), CAST(? AS int[]), CAST(? AS text[]), CAST(? AS text[]),
                    CAST(? AS int[]), CAST(? AS timestamptz[]), CAST(? AS boolean[]), CAST(? AS text[]), CAST(? AS bigint[]),
                    CAST(? AS timestamptz[]), CAST(? AS text[]), CAST(? AS timestamptz[]))
                  AS seen (id, request, checks, at, progress, fal_status, queue_position, failures, error, doubt,
                    doubts, doubted_since, news, outcome, took_ms, answered_at, endpoint, next_request_by)
                ), held AS (
                  SELECT seen.*
                  FROM seen
                  JOIN LATERAL (SELECT 1 FROM avatars WHERE avatars.id = seen.id AND %s
                                LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) avatar ON true
                  JOIN LATERAL (SELECT 1 FROM avatar_monitoring m
                                WHERE m.avatar_id = seen.id AND m.fal_request_id = seen.request
                                  AND m.checks = seen.checks
                                LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) monitoring ON true
                )%s, news AS (
                  INSERT INTO avatar_monitor_check (at, avatar_id, fal_request_id, worker, outcome, fal_status, queue_position,
                    progress, took_ms, error)
                  SELECT at, id, request, ?, outcome, fal_status, queue_position, progress, took_ms, error FROM held WHERE news
                )
                UPDATE avatar_monitoring m
                SET checks = m.checks + 1, failures_in_row = held.failures, last_checked_at = held.at,
                    last_fal_status = held.fal_status, queue_position = held.queue_position, last_error = held.error,
                    last_worker = ?, doubt = held.doubt, doubts_in_row = held.doubts, doubted_since = held.doubted_since,
                    last_answered_at = coalesce(held.answered_at, m.last_answered_at),
                    endpoint = coalesce(held.endpoint, m.endpoint), next_request_by = held.next_request_by
                FROM held WHERE m.avatar_id = held.id AND m.avatar_id = ANY (ARRAY(SELECT id FROM held))
                RETURNING m.avatar_id""".formatted(STILL_THE_SAME, touched);
    }

    private static Object[] values(Connection connection, List<Observation> group, String worker) throws SQLException {
        List<@Nullable String> errors = new ArrayList<>();
        for (Observation one : group) {
            errors.add(MonitoringStore.cut(connection, one.seen().error()));
        }
        return new Object[] {
            Columns.of("uuid", group, Observation::id),
            Columns.of("text", group, Observation::requestId),
            Columns.of("int8", group, Observation::checksBefore),
            Columns.of("timestamptz", group, one -> one.seen().at()),
            Columns.of("int4", group, one -> one.seen().progress()),
            Columns.of("text", group, one -> one.seen().falStatus()),
            Columns.of("int4", group, one -> one.seen().queuePosition()),
            Columns.of("int4", group, one -> one.seen().failuresInRow()),
            Columns.of("text", errors, error -> error),
            Columns.of("text", group, one -> doubt(one, doubt -> doubt.kind().column())),
            Columns.of("int4", group, one -> one.seen().doubt() == null ? 0 : doubt(one, Doubt::inRow)),
            Columns.of("timestamptz", group, one -> doubt(one, Doubt::since)),
            Columns.of("bool", group, Observation::isNews),
            Columns.of("text", group, one -> one.outcome().column()),
            Columns.of("int8", group, Observation::tookMillis),
            Columns.of(
                    "timestamptz",
                    group,
                    one -> one.seen().answered() ? one.seen().at() : null),
            Columns.of("text", group, one -> one.seen().endpoint()),
            Columns.of("timestamptz", group, one -> one.seen().nextRequestBy()),
            worker,
            worker
        };
    }

    private static @Nullable Object doubt(Observation one, Function<Doubt, Object> part) {
        Doubt doubt = one.seen().doubt();
        return doubt == null ? null : part.apply(doubt);
    }

    /** Returns those whose guards still hold, so their rows were only locked. */
    private static Set<AvatarId> current(Connection connection, List<Observation> group) throws SQLException {
        String sql = """
                SELECT seen.id AS avatar_id
                FROM unnest(CAST(? AS uuid[]), CAST(? AS text[]), CAST(? AS bigint[])) AS seen (id, request, checks)
                JOIN LATERAL (SELECT 1 FROM avatars WHERE avatars.id = seen.id AND %s LIMIT 1) avatar ON true
                JOIN LATERAL (SELECT 1 FROM avatar_monitoring m
                              WHERE m.avatar_id = seen.id AND m.fal_request_id = seen.request
                                AND m.checks = seen.checks LIMIT 1) monitoring ON true""".formatted(STILL_THE_SAME);
        return new HashSet<>(Jdbc.listPlanned(
                connection,
                sql,
                ObservationBatch::id,
                Columns.of("uuid", group, Observation::id),
                Columns.of("text", group, Observation::requestId),
                Columns.of("int8", group, Observation::checksBefore)));
    }

    private static AvatarId id(ResultSet row) throws SQLException {
        return new AvatarId(row.getObject("avatar_id", UUID.class));
    }
}
