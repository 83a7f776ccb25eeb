package avatarmonitor.store.schema;

import avatarmonitor.store.SchemaException;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Diagnosis of a missing {@code avatars} table: where it was looked for, and which similar tables exist. PostgreSQL
 * hides tables that a role cannot see, so without this a missing privilege or a quoted name would look like an empty
 * database.
 *
 * @param role quoted for SQL
 * @param searchPath as the server has it
 * @param others tables and views of that name to which an unqualified {@code avatars} does not resolve; empty on H2
 */
public record AvatarsLookup(String role, String searchPath, List<Other> others) {
    /** Limit of listed tables, for the length of the error. */
    private static final int OTHERS_MAX = 5;

    /**
     * A table or view called {@code avatars} in another schema or in other letter case.
     *
     * @param schema quoted for SQL
     * @param name quoted for SQL
     * @param lowerCase whether it is called {@code avatars} and not, say, {@code "Avatars"}
     * @param usable whether the role may use its schema
     * @param onPath whether its schema is on the search path
     */
    record Other(String schema, String name, boolean lowerCase, boolean usable, boolean onPath) {

        String qualified() {
            return schema + "." + name;
        }

        /** Returns the steps that make it the table to which an unqualified {@code avatars} resolves. */
        private String remedy(String role) {
            List<String> steps = new ArrayList<>();
            if (!usable) {
                steps.add("run GRANT USAGE ON SCHEMA " + schema + " TO " + role + " and GRANT SELECT, UPDATE ON "
                        + qualified() + " TO " + role);
            }
            if (!lowerCase) {
                steps.add("rename it to avatars, or create a view avatars over it");
            }
            if (!onPath) {
                steps.add("add its schema to currentSchema in db.url, such as ?currentSchema=public," + schema);
            }
            return qualified() + " exists: " + String.join(", and ", steps);
        }
    }

    public static AvatarsLookup of(Connection connection) throws SQLException {
        return switch (Dialect.of(connection)) {
            case POSTGRESQL -> onPostgres(connection);
            case H2 -> new AvatarsLookup("", "", List.of());
        };
    }

    private static AvatarsLookup onPostgres(Connection connection) throws SQLException {
        String sql = """
                SELECT quote_ident(n.nspname) AS schema_name, quote_ident(c.relname) AS name, c.relname = 'avatars' AS lower_case,
                       has_schema_privilege(n.oid, 'USAGE') AS usable,
                       n.nspname IN (SELECT CASE WHEN word = '"$user"' THEN current_user::text ELSE btrim(word, '"') END
                                     FROM unnest(string_to_array(current_setting('search_path'), ',')) path (raw),
                                          LATERAL btrim(raw) AS word) AS on_path
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE lower(c.relname::text COLLATE "C") = 'avatars' AND c.relkind IN ('r', 'p', 'v', 'f', 'm')
                  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.oid IS DISTINCT FROM to_regclass('avatars')
                ORDER BY lower_case DESC, on_path DESC, schema_name, name LIMIT %d
                """.formatted(OTHERS_MAX);
        List<Other> others = Jdbc.list(
                connection,
                sql,
                row -> new Other(
                        row.getString("schema_name"),
                        row.getString("name"),
                        row.getBoolean("lower_case"),
                        row.getBoolean("usable"),
                        row.getBoolean("on_path")));
        return Jdbc.one(
                connection,
                "SELECT quote_ident(current_user), current_setting('search_path')",
                row -> new AvatarsLookup(row.getString(1), row.getString(2), List.copyOf(others)));
    }

    /** Creates the error for a missing table, with the search path, the tables found elsewhere, and the remedy. */
    public SchemaException missing() {
        List<String> problems = new ArrayList<>();
        problems.add(
                searchPath.isEmpty()
                        ? "there is no such table in this database"
                        : "user " + role + " sees no such table on its search path (" + searchPath + ")");
        others.forEach(other -> problems.add(other.remedy(role)));
        problems.add(
                others.isEmpty()
                        ? "check the database and the schema that db.url names; the application creates this table. If no"
                                + " application does, run avatar-monitor migrate --create-avatars"
                        : "only if none of these is meant, run avatar-monitor migrate --create-avatars");
        return new SchemaException("avatars", problems);
    }

    /** Returns the names of the other tables for a sentence; empty when there are none. */
    String othersInWords() {
        return others.stream().map(Other::qualified).collect(Collectors.joining(", "));
    }
}
