package avatarmonitor.store.migration;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * A missing privilege of the worker's database user on the tables, views and functions of avatar-monitor, which another
 * role may own ({@code sql/grants/worker.sql} grants all of them).
 *
 * @param what denied operation, with the object and the user
 * @param grant the statement that grants it
 */
public record OwnRights(String what, String grant) {

    /**
     * Finds missing privileges in the schema of this product's tables. Always empty on H2.
     *
     * @return one for each kind of privilege, in the order in which they are needed; empty when nothing is missing
     */
    public static List<OwnRights> missing(Database database) {
        if (database.dialect() == Dialect.H2) {
            return List.of();
        }
        String sql = """
                WITH ours AS (
                  SELECT c.oid, c.relname, c.relkind = 'v' OR c.relname IN ('avatar_monitor_schema_history', 'avatar_monitor_views')
                           AS read_only
                  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v')
                    AND c.relname = ANY (?)
                ), lacking AS (
                  SELECT 1 AS kind, format('%I.%I', current_schema(), relname) AS name,
                         CASE WHEN read_only THEN 'SELECT' ELSE 'SELECT, INSERT, UPDATE, DELETE' END AS rights
                  FROM ours
                  WHERE NOT (has_table_privilege(oid, 'SELECT')
                             AND (read_only OR (has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'UPDATE')
                                                AND has_table_privilege(oid, 'DELETE'))))
                  UNION ALL
                  SELECT 2, p.oid::regprocedure::text, 'EXECUTE'
                  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                  WHERE n.nspname = current_schema() AND p.proname ~ '^avatar_monitor_' AND NOT has_function_privilege(p.oid, 'EXECUTE')
                    -- the first is used by views of older versions only, the others are called by applications
                    AND p.proname NOT IN ('avatar_monitor_trainings', 'avatar_monitor_start', 'avatar_monitor_stop',
                                          'avatar_monitor_start_with', 'avatar_monitor_record_request',
                                          'avatar_monitor_record_settings', 'avatar_monitor_notify_training')
                  UNION ALL
                  SELECT 3, format('%I.%I', current_schema(), relname), '' FROM ours WHERE row_security_active(oid)
                )
                SELECT quote_ident(current_user) AS role, kind, rights, string_agg(name, ', ' ORDER BY name) AS names
                FROM lacking GROUP BY kind, rights ORDER BY kind, rights DESC
                """;
        Object[] names = Stream.concat(
                        OwnTables.NAMES.stream(),
                        Views.definitions(Dialect.POSTGRESQL).stream().map(Views.Definition::name))
                .toArray();
        return database.read(connection ->
                List.copyOf(Jdbc.list(connection, sql, OwnRights::of, connection.createArrayOf("text", names))));
    }

    private static OwnRights of(ResultSet row) throws SQLException {
        String role = row.getString("role");
        String names = (row.getInt("kind") == 2 ? "FUNCTION " : "") + row.getString("names");
        return row.getInt("kind") == 3
                ? new OwnRights(
                        "row level security applies to user " + role + " on " + names,
                        "ALTER ROLE " + role + " BYPASSRLS as a superuser")
                : new OwnRights(
                        "user " + role + " lacks " + row.getString("rights") + " on " + names,
                        "GRANT " + row.getString("rights") + " ON " + names + " TO " + role);
    }

    /**
     * Requires all privileges of a worker.
     *
     * @throws StoreException when a privilege is missing: names the statements that grant all of them
     */
    public static void require(Database database) {
        List<OwnRights> missing = missing(database);
        if (!missing.isEmpty()) {
            throw new StoreException(String.join(
                            "; ",
                            missing.stream()
                                    .map(rights -> rights.what + ": run " + rights.grant)
                                    .toList())
                    + " (sql/grants/worker.sql grants all that a worker needs)");
        }
    }
}
