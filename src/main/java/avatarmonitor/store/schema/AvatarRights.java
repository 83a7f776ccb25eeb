package avatarmonitor.store.schema;

import avatarmonitor.store.Database;
import avatarmonitor.store.SchemaException;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A missing privilege of the worker's database user on the application's {@code avatars} table, which another role may
 * own.
 *
 * @param what denied operation, with the table and the user
 * @param grant the statement that grants it
 */
public record AvatarRights(String what, String grant) {

    /**
     * Checks whether the user may read the table and write those of the written columns that exist. Always empty on H2.
     *
     * @param required additional columns, which are written too, as for {@link AvatarSchema#read(Database, Map)}
     * @return empty when nothing is missing, and when there is no table yet
     * @throws SchemaException when the table cannot be monitored, whatever the privileges
     */
    public static Optional<AvatarRights> missing(Database database, Map<String, String> required) {
        Optional<AvatarSchema> schema = AvatarSchema.readIfPresent(database, required);
        if (schema.isEmpty() || database.dialect() == Dialect.H2) {
            return Optional.empty();
        }
        Set<String> written = new TreeSet<>(AvatarColumns.written());
        written.addAll(required.keySet());
        written.retainAll(schema.get().columns().keySet());
        return missingOf(database, written);
    }

    /**
     * Requires the privileges of a writer.
     *
     * @param required additional columns, as for {@link AvatarSchema#read(Database, Map)}
     *
     * @throws SchemaException when a privilege is missing: names the statement that grants it
     */
    public static void require(Database database, Map<String, String> required) {
        missing(database, required).ifPresent(rights -> {
            throw new SchemaException("avatars", List.of(rights.what + ", run " + rights.grant));
        });
    }

    /**
     * Reports row-level security. It would hide rows, so that a worker would miss trainings; sessions of this product
     * fail instead.
     */
    private static AvatarRights hidden(ResultSet row) throws SQLException {
        String role = row.getString("role");
        String name = row.getString("name");
        return new AvatarRights(
                "row level security of " + name + " (policies: " + row.getString("policies") + ") applies to user "
                        + role + ", who may then not see every training",
                row.getBoolean("own")
                        ? "ALTER TABLE " + name + " NO FORCE ROW LEVEL SECURITY, or ALTER ROLE " + role + " BYPASSRLS"
                        : "ALTER ROLE " + role + " BYPASSRLS as a superuser, or connect as the owner of the table");
    }

    private static Optional<AvatarRights> missingOf(Database database, Set<String> written) {
        // Some statements read whole rows, so every column must be readable.
        String sql = """
                SELECT quote_ident(current_user) AS role,
                       quote_ident(n.nspname) || '.avatars' AS name,
                       row_security_active(c.oid) AS hidden,
                       pg_get_userbyid(c.relowner) = current_user AS own,
                       (SELECT coalesce(string_agg(quote_ident(polname), ', ' ORDER BY polname), 'none')
                        FROM pg_policy WHERE polrelid = c.oid) AS policies,
                       bool_and(has_column_privilege(c.oid, a.attnum, 'SELECT')) AS may_read,
                       coalesce(
                         array_agg(a.attname::text ORDER BY a.attnum)
                           FILTER (WHERE a.attname = ANY (?) AND NOT has_column_privilege(c.oid, a.attnum, 'UPDATE')),
                         '{}') AS unwritable
                FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                WHERE c.oid = to_regclass('avatars')
                GROUP BY n.nspname, c.oid, c.relowner
                """;
        return database.read(connection ->
                Jdbc.one(connection, sql, AvatarRights::of, connection.createArrayOf("text", written.toArray())));
    }

    private static Optional<AvatarRights> of(ResultSet row) throws SQLException {
        if (row.getBoolean("hidden")) {
            return Optional.of(hidden(row));
        }
        boolean readable = row.getBoolean("may_read");
        String[] unwritable = (String[]) row.getArray("unwritable").getArray();
        if (readable && unwritable.length == 0) {
            return Optional.empty();
        }
        String role = row.getString("role");
        return Optional.of(new AvatarRights(
                "user " + role + " may not "
                        + (readable
                                ? (unwritable.length == 1 ? "write column " : "write columns ")
                                        + String.join(", ", unwritable)
                                : "read every column"),
                "GRANT SELECT, UPDATE ON " + row.getString("name") + " TO " + role));
    }
}
