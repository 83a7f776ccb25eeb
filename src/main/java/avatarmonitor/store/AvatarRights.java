package avatarmonitor.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a worker's user lacks to work with the application's {@code avatars} table, which another role may own.
 *
 * @param what cannot be done, with the table and the user
 * @param grant the statement that mends it
 */
public record AvatarRights(String what, String grant) {

    /**
     * Looks whether the user may read the table and write the columns that it has of those that are written. On H2 all may.
     *
     * @return empty when nothing is missing, and when there is no table yet
     * @throws SchemaException when the table cannot be monitored, also by a role with all rights
     */
    public static Optional<AvatarRights> missing(Database database) {
        return missing(database, Map.of());
    }

    /**
     * The same with more columns, as for {@link AvatarSchema#read(Database, Map)}, which are written too.
     *
     * @throws SchemaException when the table cannot be monitored, also by a role with all rights
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
     * As {@link #require(Database, Map)} without more columns.
     *
     * @throws SchemaException when a right is missing: names the statement that grants it
     */
    public static void require(Database database) {
        require(database, Map.of());
    }

    /**
     * For those who will write.
     *
     * @param required more columns, as for {@link AvatarSchema#read(Database, Map)}
     *
     * @throws SchemaException when a right is missing: names the statement that grants it
     */
    public static void require(Database database, Map<String, String> required) {
        missing(database, required).ifPresent(rights -> {
            throw new SchemaException("avatars", List.of(rights.what + ", run " + rights.grant));
        });
    }

    /** Row level security would hide rows, and a worker that does not see a training does not miss it. Our sessions fail instead. */
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
        // Some statements read whole rows, so that every column must be readable.
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
        return database.read(connection -> {
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                select.setArray(1, connection.createArrayOf("text", written.toArray()));
                try (ResultSet row = select.executeQuery()) {
                    row.next();
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
        });
    }
}
