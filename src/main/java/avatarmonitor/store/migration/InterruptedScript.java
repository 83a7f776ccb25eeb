package avatarmonitor.store.migration;

import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.SqlFile;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what an interrupted migration script left on H2, so that it can run again. H2 commits each DDL statement: a
 * process that is killed, or a statement that fails, leaves the statements before. PostgreSQL rolls them back.
 *
 * <p>Table {@value #TABLE} names the script that runs. A script of which a table or column exists already is not named:
 * what exists then is not its own, and is never removed.
 */
final class InterruptedScript implements Callback {
    static final String TABLE = "avatar_monitor_migration_script";

    private static final Logger log = LoggerFactory.getLogger(InterruptedScript.class);

    private static final String NAME = "([a-z_0-9]+)";
    private static final Pattern CREATED_TABLE = Pattern.compile("CREATE TABLE (?!IF )" + NAME + "\\b");
    private static final Pattern CREATED_INDEX = Pattern.compile("CREATE INDEX (?!IF )" + NAME + "\\b");
    private static final Pattern CREATED_VIEW = Pattern.compile("CREATE OR REPLACE VIEW " + NAME + "\\b");
    private static final Pattern ADDED_COLUMN =
            Pattern.compile("ALTER TABLE " + NAME + " ADD COLUMN (?!IF )" + NAME + "\\b");

    /** A kind of statement and how to undo it; undoing it twice, or before it has run, does nothing. */
    private record Undo(Pattern statement, Function<MatchResult, String> sql) {}

    private static final List<Undo> UNDO = List.of(
            new Undo(CREATED_TABLE, made -> "DROP TABLE IF EXISTS " + made.group(1) + " CASCADE"),
            new Undo(CREATED_INDEX, made -> "DROP INDEX IF EXISTS " + made.group(1)),
            // Views are created again after all scripts.
            new Undo(CREATED_VIEW, made -> "DROP VIEW IF EXISTS " + made.group(1) + " CASCADE"),
            new Undo(
                    ADDED_COLUMN,
                    made -> "ALTER TABLE IF EXISTS " + made.group(1) + " DROP COLUMN IF EXISTS " + made.group(2)));

    /**
     * Removes what the last script left, unless it ended. The caller holds the migration lock.
     *
     * @param pending whether this program has scripts to run
     * @throws StoreException when another version left its script and this program has scripts to run
     */
    static void undo(DataSource connections, BooleanSupplier pending) {
        try (Connection connection = connections.getConnection()) {
            Jdbc.execute(
                    connection,
                    "CREATE TABLE IF NOT EXISTS " + TABLE
                            + " (id int PRIMARY KEY CHECK (id = 1), script varchar(200) NOT NULL)");
            Optional<String> script = Jdbc.first(connection, "SELECT script FROM " + TABLE, row -> row.getString(1));
            if (script.isPresent() && !hasEnded(connection, script.get())) {
                if (isOurs(script.get())) {
                    undo(connection, script.get());
                } else if (pending.getAsBoolean()) {
                    throw new StoreException("migration failed: script " + script.get()
                            + " of another version was interrupted: start that version of avatar-monitor once");
                } else {
                    log.warn("migration script of another version was interrupted script={}", script.get());
                }
            }
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    /** Records that no script runs any more: without this, a lost history would make the last one seem interrupted. */
    static void ended(DataSource connections) {
        try (Connection connection = connections.getConnection()) {
            Optional<String> script = Jdbc.first(connection, "SELECT script FROM " + TABLE, row -> row.getString(1));
            if (script.filter(InterruptedScript::isOurs).isPresent()) {
                Jdbc.update(connection, "DELETE FROM " + TABLE);
            }
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    private static boolean isOurs(String script) {
        return !statements(script).isEmpty();
    }

    private static void undo(Connection connection, String script) throws SQLException {
        List<String> statements = statements(script);
        log.warn("migration script was interrupted, running it again script={}", script);
        for (int i = statements.size() - 1; i >= 0; i--) {
            for (Undo undo : UNDO) {
                Optional<MatchResult> made = find(undo.statement(), statements.get(i));
                if (made.isPresent()) {
                    Jdbc.execute(connection, undo.sql().apply(made.get()));
                }
            }
        }
        if (hasHistory(connection)) {
            Jdbc.update(
                    connection,
                    "DELETE FROM \"" + Migrations.HISTORY + "\" WHERE NOT \"success\" AND \"script\" = ?",
                    script);
        }
        Jdbc.update(connection, "DELETE FROM " + TABLE);
    }

    private static boolean hasEnded(Connection connection, String script) throws SQLException {
        return hasHistory(connection)
                && Jdbc.exists(
                        connection,
                        "SELECT 1 FROM \"" + Migrations.HISTORY + "\" WHERE \"success\" AND \"script\" = ?",
                        script);
    }

    private static boolean hasHistory(Connection connection) throws SQLException {
        return exists(connection, Migrations.HISTORY, null);
    }

    @Override
    public String getCallbackName() {
        return "interrupted scripts";
    }

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_EACH_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    /** Names the script that is about to run. The script before, if any, is in the history by now. */
    @Override
    public void handle(Event event, Context context) {
        String script = context.getMigrationInfo().getScript();
        Connection connection = context.getConnection();
        try {
            Jdbc.update(connection, "DELETE FROM " + TABLE);
            if (!leftByOthers(connection, script)) {
                Jdbc.update(connection, "INSERT INTO " + TABLE + " (id, script) VALUES (1, ?)", script);
            }
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    /** Returns whether a table or column that the script creates exists although the script has not run. */
    private static boolean leftByOthers(Connection connection, String script) throws SQLException {
        for (String statement : statements(script)) {
            Optional<MatchResult> table = find(CREATED_TABLE, statement);
            if (table.isPresent() && exists(connection, table.get().group(1), null)) {
                return true;
            }
            Optional<MatchResult> column = find(ADDED_COLUMN, statement);
            if (column.isPresent()
                    && exists(connection, column.get().group(1), column.get().group(2))) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether there is such a table; with a column, whether it has that column. */
    private static boolean exists(Connection connection, String table, @Nullable String column) throws SQLException {
        String sql = """
                SELECT 1 FROM information_schema.columns
                WHERE table_schema = current_schema AND lower(table_name) = ? AND lower(column_name) = coalesce(?, lower(column_name))
                """;
        return Jdbc.exists(connection, sql, table, column);
    }

    private static Optional<MatchResult> find(Pattern kind, String statement) {
        return kind.matcher(statement).results().findFirst();
    }

    /** Returns the statements of a script without comments, in one line each; none when this program lacks it. */
    static List<String> statements(String script) {
        return Stream.of("common", "h2")
                .map(folder -> "/sql/migrations/" + folder + "/" + script)
                .filter(path -> InterruptedScript.class.getResource(path) != null)
                .map(SqlFile::text)
                .flatMap(text -> Stream.of(text.replaceAll("--.*", "").split(";")))
                .map(statement -> statement.strip().replaceAll("\\s+", " "))
                .filter(statement -> !statement.isEmpty())
                .toList();
    }
}
