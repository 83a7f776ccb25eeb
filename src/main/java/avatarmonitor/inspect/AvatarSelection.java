package avatarmonitor.inspect;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.store.Database;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.store.sql.Jdbc;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The avatars of a list that match a filter, for an action on all of them. Read in the order of their ids. */
public record AvatarSelection(AvatarList list, AvatarFilter filter) {

    /**
     * Counts the avatars.
     *
     * @param after counts only those with a greater id; null for all
     * @param timeout whole seconds
     * @throws avatarmonitor.store.StoreException when the database failed; {@code cancelled} after the timeout
     */
    public long count(Database database, AvatarSchema schema, @Nullable AvatarId after, Duration timeout) {
        return read(database, schema, after, timeout, "count(DISTINCT avatar_id)", "", row -> row.getLong(1))
                .get(0);
    }

    /**
     * Returns the ids of the first avatars.
     *
     * @param after returns only those with a greater id; null for all
     * @param timeout whole seconds
     * @throws avatarmonitor.store.StoreException as {@link #count}
     */
    public List<AvatarId> ids(
            Database database, AvatarSchema schema, @Nullable AvatarId after, int limit, Duration timeout) {
        String order = " ORDER BY avatar_id LIMIT " + limit;
        return read(
                database,
                schema,
                after,
                timeout,
                "DISTINCT avatar_id",
                order,
                row -> new AvatarId(row.getObject(1, UUID.class)));
    }

    /** The selection as {@code state=failing,type=style}. */
    public String words() {
        return "state=" + list.word()
                + (filter.type().isEmpty() ? "" : ",type=" + filter.type())
                + (filter.worker().isEmpty() ? "" : ",worker=" + filter.worker())
                + (filter.search().isEmpty() ? "" : ",q=" + filter.search());
    }

    /** Returns what is wrong with the selection, as a sentence without a full stop; empty when nothing is. */
    public Optional<String> problem(Database database, TrainingTypes types) {
        if (!filter.type().isEmpty() && types.find(filter.type()).isEmpty()) {
            return Optional.of("there is no training type '" + filter.type() + "'; types are " + types.words());
        }
        if (filter.worker().isEmpty()) {
            return Optional.empty();
        }
        String sql = """
                SELECT instance FROM v_workers
                UNION SELECT last_worker FROM avatar_monitoring WHERE last_worker = ? ORDER BY 1""";
        List<String> workers =
                database.read(connection -> Jdbc.list(connection, sql, row -> row.getString(1), filter.worker()));
        return workers.contains(filter.worker())
                ? Optional.empty()
                : Optional.of("there is no worker '" + filter.worker() + "'; "
                        + (workers.isEmpty() ? "none is known" : "workers are " + String.join(", ", workers)));
    }

    private <T> List<T> read(
            Database database,
            AvatarSchema schema,
            @Nullable AvatarId after,
            Duration timeout,
            String columns,
            String order,
            Jdbc.Reader<T> reader) {
        return database.readWhole(connection -> {
            AvatarSearch search = AvatarSearch.of(connection, schema, filter, list.namesWorker());
            String sql = "SELECT " + columns + " FROM (" + list.query() + ") list WHERE avatar_id IS NOT NULL"
                    + (search.isForAll() ? "" : " AND " + search.condition())
                    + (after == null ? "" : " AND avatar_id > ?")
                    + order;
            Object[] values = after == null ? search.parameters() : search.parameters(after.value());
            return Jdbc.listWithin(timeout, connection, sql, reader, values);
        });
    }
}
