package avatarmonitor.cli;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.store.AvatarSchema;
import avatarmonitor.store.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known about one avatar, by column; a part that is not there is empty.
 *
 * @param avatar the columns of the application's row that this product reads or writes
 * @param watch its row in {@code avatar_monitoring}
 * @param trigger its row in {@code avatar_monitor_trigger_health}
 * @param unwatched its row in {@code v_unwatched}
 * @param events the newest, oldest first
 */
record Dossier(
        Map<String, @Nullable Object> avatar,
        Map<String, @Nullable Object> watch,
        Map<String, @Nullable Object> trigger,
        Map<String, @Nullable Object> unwatched,
        List<Logged> events) {

    private static final List<String> ORDER = List.of(
            "id",
            "name",
            "training_type",
            "status",
            "fal_request_id",
            "training_started_at",
            "training_completed_at",
            "training_progress",
            "last_status_check",
            "training_error",
            "finetune_id",
            "diffusers_lora_file_url",
            "config_file_url",
            "fal_response_data",
            "updated_at");

    static Dossier read(Database database, AvatarId id, int events) {
        AvatarSchema schema = AvatarSchema.read(database);
        return database.read(connection -> new Dossier(
                row(connection, id, "SELECT " + columns(schema) + " FROM avatars WHERE id = ?"),
                row(connection, id, "SELECT * FROM avatar_monitoring WHERE avatar_id = ?"),
                row(connection, id, "SELECT * FROM avatar_monitor_trigger_health WHERE avatar_id = ?"),
                row(connection, id, "SELECT * FROM v_unwatched WHERE avatar_id = ?"),
                new EventLog(database.dialect()).newest(connection, id, events)));
    }

    /** Those that the application has. A time without zone is UTC, as everywhere. */
    private static String columns(AvatarSchema schema) {
        return ORDER.stream()
                .filter(schema::has)
                .map(name -> name.endsWith("_at") || name.equals("last_status_check")
                        ? "CAST(" + name + " AS timestamp with time zone) AS " + name
                        : name)
                .collect(Collectors.joining(", "));
    }

    private static Map<String, @Nullable Object> row(Connection connection, AvatarId id, String query)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(query)) {
            select.setObject(1, id.value());
            return Rows.first(select);
        }
    }
}
