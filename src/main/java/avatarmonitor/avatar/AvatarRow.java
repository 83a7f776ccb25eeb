package avatarmonitor.avatar;

import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.store.sql.Dialect;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/** SQL fragments for {@code avatars} that depend on the columns of the application's table. */
public final class AvatarRow {
    /**
     * Longest status, type and request id that are read, and longest endpoint; longer than any valid one. As in the
     * view {@code avatar_monitor_training}. Limits a batch of a thousand rows to about a megabyte.
     */
    private static final int WORD_LENGTH_MAX = 100;

    private static final int ENDPOINT_LENGTH_MAX = 300;

    private AvatarRow() {}

    /** Select list that {@link #read} requires in a query of {@code avatars}. */
    public static String columns(AvatarSchema schema) {
        return """
                avatars.id, %s AS training_type, %s AS status, %s AS fal_request_id,
                    CAST(avatars.training_started_at AS timestamp with time zone) AS training_started_at, %s AS fal_endpoint""".formatted(
                        Dialect.beginning("avatars.training_type", WORD_LENGTH_MAX),
                        Dialect.beginning("avatars.status", WORD_LENGTH_MAX),
                        Dialect.beginning("avatars.fal_request_id", WORD_LENGTH_MAX),
                        schema.has("fal_endpoint")
                                ? Dialect.beginning("avatars.fal_endpoint", ENDPOINT_LENGTH_MAX)
                                : "CAST(NULL AS varchar)");
    }

    /** Reads an avatar from a row with {@link #columns}. */
    public static Avatar read(AvatarId id, ResultSet row) throws SQLException {
        OffsetDateTime started = row.getObject("training_started_at", OffsetDateTime.class);
        return new Avatar(
                id,
                row.getString("training_type"),
                row.getString("status"),
                row.getString("fal_request_id"),
                started == null ? null : instant(started),
                row.getString("fal_endpoint"));
    }

    /** The driver returns an infinite time as the largest or smallest OffsetDateTime. */
    private static Instant instant(OffsetDateTime time) {
        if (time.equals(OffsetDateTime.MAX)) {
            return Instant.MAX;
        }
        return time.equals(OffsetDateTime.MIN) ? Instant.MIN : time.toInstant();
    }

    /**
     * Like {@link AvatarStore#touch} for many rows: the assignments for an UPDATE of {@code avatars}; empty when the
     * table has none of the columns. The caller adds the guard.
     *
     * @param seen a table joined by the UPDATE, with the columns {@code at} and {@code progress}, which is NULL
     *     when fal reported none
     */
    public static String touchFrom(AvatarSchema schema, String seen) {
        List<String> assignments = new ArrayList<>();
        if (schema.has("last_status_check")) {
            assignments.add("last_status_check = seen.at");
        }
        if (schema.has("training_progress")) {
            assignments.add("""
                    training_progress = CASE WHEN seen.progress IS NULL THEN avatars.training_progress
                        ELSE GREATEST(COALESCE(avatars.training_progress, 0), seen.progress) END""");
        }
        if (schema.has("updated_at")) {
            assignments.add("updated_at = CASE WHEN seen.progress IS NULL THEN avatars.updated_at ELSE seen.at END");
        }
        return String.join(", ", assignments).replace("seen.", seen + ".");
    }
}
