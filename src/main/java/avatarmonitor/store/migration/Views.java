package avatarmonitor.store.migration;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.SqlFile;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates and replaces this product's views and SQL functions. Each has one definition, a file under {@code sql/views};
 * Flyway migrations no longer change them. They are applied when the database has an older version of them, or when one
 * is missing, such as after {@code DROP TABLE ... CASCADE} and the restore of that table.
 *
 * <p>In a rolling deployment a worker never replaces newer definitions by its older ones: when the database has a newer
 * version, only missing ones are created, and the version is set back so that the next newer program replaces them.
 *
 * <p>Each file is one transaction; views on which others are built come first. Columns of views only grow at the end,
 * so that every intermediate state works and only one view is locked at a time.
 */
final class Views {
    /** Raise it with every change of a file under {@code sql/views}. */
    static final int VERSION = 20;

    private static final Logger log = LoggerFactory.getLogger(Views.class);

    /** SQLStates of a missing table or column: PostgreSQL, then H2. */
    private static final Set<String> UNDEFINED = Set.of("42P01", "42703", "42S02", "42S22");

    /** One file, named like the view or function that it creates. */
    record Definition(String folder, String name) {
        String path() {
            return "/sql/views/" + folder + "/" + name + ".sql";
        }
    }

    /** Definitions in the order of creation. */
    static List<Definition> definitions(Dialect dialect) {
        List<Definition> definitions = new ArrayList<>();
        if (dialect == Dialect.POSTGRESQL) {
            definitions.add(new Definition(dialect.folder(), "avatar_monitor_training_rows"));
        }
        for (String name : List.of("avatar_monitor_training", "avatar_monitor_trigger", "avatar_monitor_worker")) {
            definitions.add(new Definition(dialect.folder(), name));
        }
        for (String name : List.of(
                "avatar_monitor_trigger_health",
                "avatar_monitor_candidate",
                "v_watched",
                "v_unwatched",
                "v_stalled",
                "v_stuck_triggers",
                "v_workers",
                "v_recent_events",
                "v_future_times")) {
            definitions.add(new Definition("common", name));
        }
        if (dialect == Dialect.POSTGRESQL) {
            for (String name : List.of(
                    "avatar_monitor_record_request",
                    "avatar_monitor_record_settings",
                    "avatar_monitor_start",
                    "avatar_monitor_start_with",
                    "avatar_monitor_stop",
                    "avatar_monitor_notify_training")) {
                definitions.add(new Definition(dialect.folder(), name));
            }
        }
        return List.copyOf(definitions);
    }

    /**
     * State of the definitions in this database.
     *
     * @param version of the definitions that were applied last; 0 when none was
     * @param missing views and functions that do not exist, in the order of {@link #definitions}
     */
    private record State(int version, List<Definition> missing) {
        boolean isCurrent() {
            return version >= VERSION && missing.isEmpty();
        }
    }

    private Views() {}

    /** Describes what {@link #apply} would do; empty when it has nothing to do. */
    static Optional<String> pending(Database database) {
        State state = database.read(connection -> read(database.dialect(), connection));
        if (state.isCurrent()) {
            return Optional.empty();
        }
        return Optional.of(
                state.missing.isEmpty()
                        ? "views of version " + VERSION + " (this database has " + state.version + ")"
                        : "views (missing: "
                                + String.join(
                                        ", ",
                                        state.missing.stream()
                                                .map(Definition::name)
                                                .toList())
                                + ")");
    }

    /**
     * Applies the definitions where needed. The caller holds the migration lock, and all migrations have run.
     *
     * @return 1 when something was applied, 0 otherwise
     * @throws StoreException when a view cannot be created; earlier ones may have been, the next run starts again
     */
    static int apply(Dialect dialect, DataSource connections) {
        try (Connection connection = connections.getConnection()) {
            State state = read(dialect, connection);
            if (state.isCurrent()) {
                return 0;
            }
            if (!state.missing.isEmpty() && state.version > 0) {
                log.warn(
                        "views or functions are missing, creating them names={}",
                        state.missing.stream().map(Definition::name).toList());
            }
            Predicate<Definition> wanted = state.version > VERSION ? state.missing::contains : definition -> true;
            connection.setAutoCommit(false);
            for (Definition definition : definitions(dialect)) {
                if (wanted.test(definition)) {
                    create(dialect, connection, definition);
                }
            }
            record(connection);
            return 1;
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    private static void create(Dialect dialect, Connection connection, Definition definition) throws SQLException {
        try {
            if (dialect == Dialect.POSTGRESQL) {
                // An application column that a function misses is reported by name when a worker starts.
                Jdbc.execute(connection, "SET LOCAL check_function_bodies = off");
            }
            Jdbc.execute(connection, SqlFile.text(definition.path()));
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            if (UNDEFINED.contains(String.valueOf(e.getSQLState()))) {
                throw new StoreException(
                        "migration failed: cannot create " + definition.name + ", what it reads is not there ("
                                + String.valueOf(e.getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse("")
                                + "): restore that table, then run avatar-monitor migrate",
                        e);
            }
            throw e;
        }
    }

    private static void record(Connection connection) throws SQLException {
        Jdbc.update(connection, "DELETE FROM avatar_monitor_views");
        Jdbc.update(connection, "INSERT INTO avatar_monitor_views (id, version) VALUES (1, ?)", VERSION);
        connection.commit();
    }

    private static State read(Dialect dialect, Connection connection) throws SQLException {
        Set<String> present = present(dialect, connection);
        List<Definition> missing = definitions(dialect).stream()
                .filter(definition -> !present.contains(definition.name))
                .toList();
        String version = "SELECT max(version) FROM avatar_monitor_views";
        boolean any = present.contains("avatar_monitor_views");
        return new State(any ? Jdbc.one(connection, version, row -> row.getInt(1)) : 0, missing);
    }

    /** Returns tables, views and functions in the schema of the migrations, whatever their privileges. */
    private static Set<String> present(Dialect dialect, Connection connection) throws SQLException {
        String sql = switch (dialect) {
            case POSTGRESQL -> """
                    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'v')
                    UNION ALL
                    SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                    WHERE n.nspname = current_schema()
                    """;
            case H2 -> "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema";
        };
        return new HashSet<>(Jdbc.list(connection, sql, rows -> rows.getString(1)));
    }
}
