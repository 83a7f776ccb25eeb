package avatarmonitor.inspect;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.store.Database;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.store.sql.Dialect;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All data about one avatar, by column; a missing part is empty.
 *
 * @param avatar columns of the application's row that this product reads or writes
 * @param monitoring its row in {@code avatar_monitoring}
 * @param trigger its row in {@code avatar_monitor_trigger_health}
 * @param unwatched its row in {@code v_unwatched}
 * @param answer its row in {@code avatar_monitor_answer}: fal's answer at the end of a training that failed or
 *     could not be written
 * @param checks rows of {@code avatar_monitor_check}: changes of state and failures, newest first
 * @param events the newest, oldest first
 */
public record AvatarDetails(
        Map<String, @Nullable Object> avatar,
        Map<String, @Nullable Object> monitoring,
        Map<String, @Nullable Object> trigger,
        Map<String, @Nullable Object> unwatched,
        Map<String, @Nullable Object> answer,
        List<Map<String, @Nullable Object>> checks,
        List<Logged> events) {

    private static final List<String> ORDER = List.of(
            "id",
            "name",
            "training_type",
            "status",
            "fal_request_id",
            "fal_endpoint",
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

    /** Length limits of the application's row: a reason, fal's answer, and any other text. */
    private static final int ERROR_LENGTH_MAX = 10_000;

    private static final int RESPONSE_LENGTH_MAX = 1_000_000;
    private static final int WORD_LENGTH_MAX = 2_000;

    private static final int CHECKS_MAX = 100;

    /** Reads all parts with a few look-ups by key; more when the avatar is in TRAINING and not monitored. */
    public static AvatarDetails read(Database database, AvatarSchema schema, AvatarId id, int events) {
        return database.read(connection -> {
            Map<String, @Nullable Object> avatar =
                    Rows.first(connection, "SELECT " + columns(schema) + " FROM avatars WHERE id = ?", id.value());
            Map<String, @Nullable Object> trigger = trigger(connection, id);
            boolean monitored = !trigger.isEmpty() && trigger.get("problem") == null;
            return new AvatarDetails(
                    avatar,
                    Rows.first(connection, "SELECT * FROM avatar_monitoring WHERE avatar_id = ?", id.value()),
                    trigger,
                    monitored || avatar.isEmpty()
                            ? Map.of()
                            : Rows.first(connection, "SELECT * FROM v_unwatched WHERE avatar_id = ?", id.value()),
                    Rows.first(connection, "SELECT * FROM avatar_monitor_answer WHERE avatar_id = ?", id.value()),
                    checks(connection, id),
                    new EventLog(database.dialect()).newest(connection, id, events));
        });
    }

    /** Returns the JSON of {@code show --json} and the page; a missing part is null. */
    public JsonObject json() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("avatar", orNull(avatar));
        members.put("watch", orNull(monitoring));
        members.put("trigger", orNull(trigger));
        members.put("unwatched", orNull(unwatched));
        members.put("answer", orNull(answer));
        members.put("checks", checks);
        members.put("events", events.stream().map(EventRow::json).toList());
        return Rows.json(members);
    }

    private static @Nullable Object orNull(Map<String, @Nullable Object> row) {
        return row.isEmpty() ? null : row;
    }

    /** Looks up by the trigger's key, which is indexed; the id that the view derives from it is not. */
    private static Map<String, @Nullable Object> trigger(Connection connection, AvatarId id) throws SQLException {
        String sql = "SELECT * FROM avatar_monitor_trigger_health WHERE trigger_group = 'avatar' AND trigger_name = ?";
        return Rows.first(connection, sql, id.toString());
    }

    private static List<Map<String, @Nullable Object>> checks(Connection connection, AvatarId id) throws SQLException {
        String sql = """
                SELECT at, worker, fal_request_id, outcome, fal_status, queue_position, progress, took_ms, error
                FROM avatar_monitor_check WHERE avatar_id = ? ORDER BY id DESC LIMIT ?""";
        return Rows.all(connection, sql, id.value(), CHECKS_MAX);
    }

    /** Select list of existing columns, texts up to a limit. A time without zone is read as UTC. */
    private static String columns(AvatarSchema schema) {
        return ORDER.stream().filter(schema::has).map(AvatarDetails::column).collect(Collectors.joining(", "));
    }

    private static String column(String name) {
        String value = switch (name) {
            case "id", "training_progress" -> name;
            case "training_started_at", "training_completed_at", "last_status_check", "updated_at" ->
                "CAST(" + name + " AS timestamp with time zone)";
            case "name" -> Dialect.beginning(name, AvatarNames.LENGTH_MAX);
            case "training_error" -> Dialect.beginning(name, ERROR_LENGTH_MAX);
            case "fal_response_data" -> Dialect.beginning(name, RESPONSE_LENGTH_MAX);
            default -> Dialect.beginning(name, WORD_LENGTH_MAX);
        };
        return value + " AS " + name;
    }
}
