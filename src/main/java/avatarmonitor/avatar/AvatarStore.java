package avatarmonitor.avatar;

import avatarmonitor.store.Database;
import avatarmonitor.store.SchemaException;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.schema.AvatarRights;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.ServerText;
import avatarmonitor.store.sql.Timestamps;
import com.google.gson.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application's table {@code avatars}. Every write is conditional with the guard of docs/decision-table.md: it
 * changes nothing unless the row still has the checked request id and is still in TRAINING. Missing columns are left
 * out, and a NOT NULL column keeps its value where NULL would be written.
 */
public final class AvatarStore {
    private static final Logger log = LoggerFactory.getLogger(AvatarStore.class);
    private static final int SAME_REQUEST_MAX = 10;

    private final Dialect dialect;
    private final TrainingTypes types;
    private volatile AvatarSchema schema;
    private volatile @Nullable String problem;

    /**
     * Creates a store for a table with this schema.
     *
     * @param types whose columns a success fills
     */
    public AvatarStore(Dialect dialect, AvatarSchema schema, TrainingTypes types) {
        this.dialect = dialect;
        this.types = types;
        this.schema = schema;
    }

    /**
     * Reads the schema of the table and creates a store.
     *
     * @throws SchemaException when it cannot be monitored, or lacks a column that a training type names
     */
    public static AvatarStore read(Database database, TrainingTypes types) {
        return new AvatarStore(database.dialect(), AvatarSchema.read(database, types.requiredColumns()), types);
    }

    /** The training types that are monitored. */
    public TrainingTypes types() {
        return types;
    }

    /** The schema that statements currently use. */
    public AvatarSchema schema() {
        return schema;
    }

    /** Returns why the table could not be monitored when its schema was last read; empty when it could. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Runs work on the database, and repeats it with a fresh schema when a statement did not find a column. */
    public <T> T withPresentColumns(Database database, Supplier<T> work) {
        try {
            return work.get();
        } catch (StoreException e) {
            if (!e.schemaChanged()) {
                throw e;
            }
            refresh(database);
            return work.get();
        }
    }

    /**
     * Reads the schema again, for example after a statement failed because of a missing column.
     *
     * @throws SchemaException when the table cannot be monitored any more; the previous schema stays in use
     */
    public synchronized void refresh(Database database) {
        AvatarSchema found;
        try {
            found = AvatarSchema.read(database, types.requiredColumns());
            // A policy or privilege may have changed as well, so that rows are hidden or not writable.
            AvatarRights.require(database, types.requiredColumns());
        } catch (SchemaException e) {
            if (!String.valueOf(e.getMessage()).equals(problem)) {
                log.error("table of the application can no longer be monitored error={}", e.getMessage());
            }
            problem = e.getMessage();
            throw e;
        }
        if (problem != null) {
            log.info("table of the application can be monitored again");
            problem = null;
        }
        if (!found.equals(schema)) {
            log.warn("columns of the application have changed before={} now={}", schema.names(), found.names());
            schema = found;
        }
    }

    /**
     * Condition of a write.
     *
     * @param status current status of the row, whose letter case a new status follows
     * @param failed whether the row must be in ERROR instead of TRAINING
     */
    public record Guard(AvatarId id, String falRequestId, String status, boolean failed) {
        public Guard(AvatarId id, String falRequestId, String status) {
            this(id, falRequestId, status, false);
        }
    }

    /** Outcome of a guarded write. */
    public enum Write {
        DONE,
        /** The application or another worker changed the row: it is gone, not in TRAINING, or has another request. */
        CHANGED,
        /**
         * The row is unchanged although the guard holds: a trigger, a rule or row-level security suppresses the write.
         * The transaction must be rolled back.
         */
        REFUSED
    }

    public Optional<Avatar> find(Connection connection, AvatarId id) throws SQLException {
        String sql = "SELECT " + AvatarRow.columns(schema) + " FROM avatars WHERE id = ?";
        return Jdbc.first(connection, sql, row -> AvatarRow.read(id, row), id.value());
    }

    /** Returns the avatars in TRAINING with this request: one, unless the application made a mistake. */
    public List<AvatarId> training(Connection connection, String falRequestId) throws SQLException {
        String sql = """
                SELECT id FROM avatars
                WHERE fal_request_id = ? AND %s ORDER BY id LIMIT ?""".formatted(isTraining(dialect));
        return Jdbc.list(
                connection, sql, row -> new AvatarId(row.getObject("id", UUID.class)), falRequestId, SAME_REQUEST_MAX);
    }

    /** SQL condition: the row of {@code avatars} is in TRAINING; same rule as {@link Avatar#isTraining}. */
    public static String isTraining(Dialect dialect) {
        return dialect.asciiUpper("avatars.status") + " = 'TRAINING'";
    }

    /** SQL expression for the request id of a row of {@code avatars}, for comparison with one that was read before. */
    public static String request(Dialect dialect) {
        return dialect.exact("avatars.fal_request_id");
    }

    /**
     * Records that a training continues. Progress never decreases.
     *
     * @param progress percent; null when fal reported none
     */
    public Write touch(Connection connection, Guard guard, @Nullable Integer progress, Instant now)
            throws SQLException {
        ColumnChanges changes = new ColumnChanges(schema).set("last_status_check", Timestamps.utc(now));
        if (progress != null) {
            changes.set("training_progress", progress, "GREATEST(COALESCE(training_progress, 0), ?)");
            changes.set("updated_at", Timestamps.utc(now));
        }
        return write(connection, guard, changes);
    }

    /** Sets COMPLETED and stores the model that fal returned. */
    public Write complete(Connection connection, Guard guard, TrainedModel model, JsonObject response, Instant now)
            throws SQLException {
        ColumnChanges changes = ended(guard, "COMPLETED", now)
                .set("training_completed_at", Timestamps.utc(now))
                .set("training_progress", 100)
                .set("training_error", null);
        Map<String, String> filled = model.columns();
        if (!types.columns().containsAll(filled.keySet())) {
            throw new IllegalStateException("no columns for " + model);
        }
        for (String column : types.columns()) {
            changes.set(column, filled.get(column));
        }
        boolean binary = schema.columns().containsKey("fal_response_data")
                && schema.columns().get("fal_response_data").type().equals("jsonb");
        String json = ServerText.json(connection, response, binary);
        if (json.length() > schema.length("fal_response_data").orElse(Integer.MAX_VALUE)) {
            // The model is what matters; a copy of the response that does not fit must not prevent storing it.
            return end(connection, guard, changes);
        }
        String parameter = dialect == Dialect.H2 && schema.isJson("fal_response_data") ? "? FORMAT JSON" : "?";
        return end(connection, guard, changes.set("fal_response_data", json, parameter));
    }

    /** Sets ERROR, with the reason in {@code training_error}, truncated to the column length. */
    public Write fail(Connection connection, Guard guard, String reason, Instant now) throws SQLException {
        int length = schema.length("training_error").orElse(Integer.MAX_VALUE);
        return end(
                connection,
                guard,
                ended(guard, "ERROR", now).set("training_error", ServerText.fit(connection, reason, length)));
    }

    /** Sets CANCELLED, since the request was cancelled at fal. */
    public Write cancel(Connection connection, Guard guard, Instant now) throws SQLException {
        return end(connection, guard, ended(guard, "CANCELLED", now));
    }

    private ColumnChanges ended(Guard guard, String status, Instant now) {
        return new ColumnChanges(schema)
                .set("status", AvatarSchema.inCaseOf(guard.status(), status))
                .set("last_status_check", Timestamps.utc(now))
                .set("updated_at", Timestamps.utc(now));
    }

    /** Reads the row again after a successful update, since a trigger may have restored the old status. */
    private Write end(Connection connection, Guard guard, ColumnChanges changes) throws SQLException {
        Write write = write(connection, guard, changes);
        return write == Write.DONE && isUnchanged(connection, guard) ? Write.REFUSED : write;
    }

    private Write write(Connection connection, Guard guard, ColumnChanges changes) throws SQLException {
        if (changes.isEmpty()) {
            return isUnchanged(connection, guard) ? Write.DONE : Write.CHANGED;
        }
        String sql = """
                UPDATE avatars SET %s
                WHERE id = ? AND %s = ? AND %s""".formatted(changes.assignments(), request(dialect), statusCondition(guard));
        List<@Nullable Object> values = new ArrayList<>(changes.values());
        values.add(guard.id().value());
        values.add(guard.falRequestId());
        if (Jdbc.update(connection, sql, values.toArray()) > 0) {
            return Write.DONE;
        }
        // A visible change means that another transaction changed the row.
        return isUnchanged(connection, guard) ? Write.REFUSED : Write.CHANGED;
    }

    private String statusCondition(Guard guard) {
        return guard.failed() ? dialect.asciiUpper("avatars.status") + " = 'ERROR'" : isTraining(dialect);
    }

    /** Returns whether the row still has the request and the status of the guard. */
    public boolean isUnchanged(Connection connection, Guard guard) throws SQLException {
        return isUnchanged(connection, guard, "");
    }

    /**
     * Like {@link #isUnchanged}, and locks the row until the transaction ends. False also while another transaction
     * holds the row: it may be about to change it.
     */
    public boolean lockUnchanged(Connection connection, Guard guard) throws SQLException {
        String strength = dialect == Dialect.POSTGRESQL ? "NO KEY UPDATE" : "UPDATE";
        return isUnchanged(connection, guard, " FOR " + strength + " SKIP LOCKED");
    }

    private boolean isUnchanged(Connection connection, Guard guard, String lock) throws SQLException {
        String sql = """
                SELECT 1 FROM avatars
                WHERE id = ? AND %s = ? AND %s""".formatted(request(dialect), statusCondition(guard));
        return Jdbc.exists(connection, sql + lock, guard.id().value(), guard.falRequestId());
    }
}
