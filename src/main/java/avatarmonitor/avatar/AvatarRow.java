package avatarmonitor.avatar;

import avatarmonitor.store.AvatarSchema;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/** Parts of statements about {@code avatars} that depend on which columns the application has. */
final class AvatarRow {
    private AvatarRow() {}

    static String columns(AvatarSchema schema) {
        return """
                avatars.id, %s AS name, CAST(avatars.training_type AS varchar) AS training_type,
                    CAST(avatars.status AS varchar) AS status, CAST(avatars.fal_request_id AS varchar) AS fal_request_id,
                    CAST(avatars.training_started_at AS timestamp with time zone) AS training_started_at,
                    CAST(%s AS varchar) AS fal_endpoint""".formatted(
                        schema.has("name") ? "avatars.name" : "NULL",
                        schema.has("fal_endpoint") ? "avatars.fal_endpoint" : "NULL");
    }

    static Avatar read(AvatarId id, ResultSet row) throws SQLException {
        OffsetDateTime started = row.getObject("training_started_at", OffsetDateTime.class);
        return new Avatar(
                id,
                row.getString("name"),
                row.getString("training_type"),
                row.getString("status"),
                row.getString("fal_request_id"),
                started == null ? null : instant(started),
                row.getString("fal_endpoint"));
    }

    /** The driver has the largest and the smallest time for an infinite one. */
    private static Instant instant(OffsetDateTime time) {
        if (time.equals(OffsetDateTime.MAX)) {
            return Instant.MAX;
        }
        return time.equals(OffsetDateTime.MIN) ? Instant.MIN : time.toInstant();
    }

    /** Assignments of a touch, see {@link AvatarStore#touchFrom}. */
    static String touchFrom(AvatarSchema schema, String seen) {
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
