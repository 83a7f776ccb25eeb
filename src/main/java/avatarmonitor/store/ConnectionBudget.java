package avatarmonitor.store;

import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Compares the connections that one worker may open with the limits of PostgreSQL for its role.
 *
 * @param needed maximum of connections of one running worker
 * @param allowed maximum for all processes with this role together
 * @param limitedBy what sets that limit, with the name of the role or the database
 * @param raise how to raise the limit
 */
public record ConnectionBudget(int needed, int allowed, String limitedBy, String raise) {
    /** For the error when the limits cannot be read because connecting fails. */
    static final String NEEDED = "a worker opens up to db.pool-size + " + StoreConfig.BESIDE_POOL;

    private record Limit(int connections, String name, String raise) {}

    /** Reads the limits; PostgreSQL only. */
    public static ConnectionBudget of(Database database, StoreConfig config) {
        String sql = """
                SELECT quote_ident(r.rolname) AS role, CASE WHEN r.rolsuper THEN -1 ELSE r.rolconnlimit END AS of_role,
                       quote_ident(d.datname) AS database, CASE WHEN r.rolsuper THEN -1 ELSE d.datconnlimit END AS of_database,
                       current_setting('max_connections')::int
                         - CASE WHEN r.rolsuper THEN 0 ELSE current_setting('superuser_reserved_connections')::int END
                         - CASE WHEN r.rolsuper THEN 0 ELSE coalesce(current_setting('reserved_connections', true), '0')::int END
                         AS of_server
                FROM pg_roles r, pg_database d
                WHERE r.rolname = session_user AND d.datname = current_database()
                """;
        return database.read(connection -> Jdbc.one(connection, sql, row -> {
            String role = row.getString("role");
            String name = row.getString("database");
            List<Limit> limits = new ArrayList<>();
            limits.add(new Limit(
                    row.getInt("of_server"), "max_connections less those that are reserved", "raise max_connections"));
            if (row.getInt("of_role") >= 0) {
                limits.add(new Limit(
                        row.getInt("of_role"),
                        "CONNECTION LIMIT of role " + role,
                        "run ALTER ROLE " + role + " CONNECTION LIMIT " + config.mostConnections()));
            }
            if (row.getInt("of_database") >= 0) {
                limits.add(new Limit(
                        row.getInt("of_database"),
                        "CONNECTION LIMIT of database " + name,
                        "run ALTER DATABASE " + name + " CONNECTION LIMIT " + config.mostConnections()));
            }
            Limit least = Collections.min(limits, Comparator.comparingInt(Limit::connections));
            return new ConnectionBudget(config.mostConnections(), least.connections(), least.name(), least.raise());
        }));
    }

    /**
     * Requires enough connections for one worker.
     *
     * @throws StoreException when it could not open as many connections as it may need
     */
    public static void require(Database database, StoreConfig config) {
        if (database.dialect() == Dialect.POSTGRESQL) {
            ConnectionBudget budget = of(database, config);
            if (!budget.suffices()) {
                throw StoreException.misconfigured(budget.inWords() + ": " + budget.remedy());
            }
        }
    }

    /** Returns whether the limit is enough for one worker. */
    public boolean suffices() {
        return needed <= allowed;
    }

    /** Describes both numbers. */
    public String inWords() {
        return "a worker opens up to " + needed + " connections (db.pool-size + " + StoreConfig.BESIDE_POOL
                + "), the server allows " + allowed + " (" + limitedBy + ")";
    }

    /** Describes the remedy for an insufficient limit. */
    public String remedy() {
        return raise + " (as many for each worker), or lower db.pool-size";
    }
}
