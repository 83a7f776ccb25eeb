package avatarmonitor.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Statistics of a database so far.
 *
 * @param statements statements of clients, without those that begin and end transactions; 0 where they are not
 *     counted
 * @param commits committed transactions
 * @param walBytes bytes of write-ahead log, of the whole server
 */
record Usage(long statements, long commits, long walBytes) {

    static Usage of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            boolean counted = number(statement, """
                    SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'""") > 0;
            long statements = !counted ? 0 : number(statement, """
                    SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements
                    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                      AND query !~* '^(begin|commit|rollback)'""");
            long commits = number(statement, """
                    SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()""");
            return new Usage(statements, commits, number(statement, "SELECT (pg_current_wal_lsn() - '0/0')::bigint"));
        }
    }

    Usage since(Usage before) {
        return new Usage(statements - before.statements, commits - before.commits, walBytes - before.walBytes);
    }

    private static long number(Statement statement, String query) throws SQLException {
        try (ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }
}
