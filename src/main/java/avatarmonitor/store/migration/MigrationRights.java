package avatarmonitor.store.migration;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Privileges for migrations, with clear errors: Flyway retries for ten seconds, then mentions its own scripts and
 * options.
 *
 * @param role quoted for SQL
 * @param schema schema of this product's tables, quoted for SQL; null when the search path has none that the user
 *     may use
 * @param begun whether a migration has run there before
 */
record MigrationRights(String role, @Nullable String schema, String searchPath, boolean mayCreate, boolean begun) {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private static MigrationRights of(Database database) {
        String sql = """
                SELECT quote_ident(current_user) AS role,
                       quote_ident(current_schema()) AS schema_name,
                       current_setting('search_path') AS search_path,
                       coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create,
                       to_regclass(quote_ident(current_schema()) || '.%s') IS NOT NULL AS begun
                """.formatted(Migrations.HISTORY);
        return database.read(connection -> {
            return Jdbc.one(
                    connection,
                    sql,
                    row -> new MigrationRights(
                            row.getString("role"),
                            row.getString("schema_name"),
                            row.getString("search_path"),
                            row.getBoolean("may_create"),
                            row.getBoolean("begun")));
        });
    }

    /** @throws StoreException when the first migration has not run and cannot run */
    static void requireForTheFirst(Database database) {
        if (database.dialect() == Dialect.POSTGRESQL) {
            MigrationRights rights = of(database);
            if (!rights.begun && !rights.mayCreate) {
                throw new StoreException("migration failed: " + rights.missing());
            }
        }
    }

    /** Explains why a migration failed: a missing privilege, or the message of the failure. */
    static StoreException explain(Database database, RuntimeException failure) {
        if (failure instanceof StoreException said && said.explained()) {
            return said;
        }
        SQLException refused = StoreException.sqlFailure(failure).orElse(null);
        if (refused == null || !INSUFFICIENT_PRIVILEGE.equals(refused.getSQLState())) {
            return new StoreException("migration failed: " + failure.getMessage(), failure);
        }
        MigrationRights rights = of(database);
        return new StoreException(
                "migration failed: "
                        + (rights.mayCreate
                                ? "user " + rights.role + " lacks a right (" + firstLine(refused)
                                        + "): run avatar-monitor migrate as the owner of the tables of avatar-monitor"
                                : rights.missing()),
                failure);
    }

    private String missing() {
        return schema == null
                ? "user " + role + " may use no schema of its search path (" + searchPath
                        + "): create one and run GRANT USAGE, CREATE ON SCHEMA ... TO " + role
                : "user " + role + " may not create tables in schema " + schema + ": run GRANT USAGE, CREATE ON SCHEMA "
                        + schema + " TO " + role + ", or avatar-monitor migrate as a user who may";
    }

    private static String firstLine(SQLException refused) {
        return String.valueOf(refused.getMessage()).lines().findFirst().orElse("");
    }
}
