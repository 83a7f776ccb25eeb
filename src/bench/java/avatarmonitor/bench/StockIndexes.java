package avatarmonitor.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Gives the Quartz tables exactly the indexes that Quartz ships, and no storage settings, whatever the product's
 * migrations created.
 */
final class StockIndexes {
    private static final String SHIPPED = "/sql/migrations/postgresql/V1__quartz.sql";
    private static final Pattern CREATE_INDEX = Pattern.compile("CREATE INDEX \\w+\\s+ON \\w+ \\([^)]*\\)");

    private StockIndexes() {}

    static void restore(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String drop : column(statement, """
                    SELECT 'DROP INDEX ' || i.indexrelid::regclass
                    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
                    WHERE c.relname LIKE 'qrtz%' AND NOT i.indisprimary""")) {
                statement.execute(drop);
            }
            for (String reset : column(statement, """
                    SELECT 'ALTER ' || CASE relkind WHEN 'i' THEN 'INDEX ' ELSE 'TABLE ' END || oid::regclass || ' RESET ('
                           || (SELECT string_agg(split_part(option, '=', 1), ', ') FROM unnest(reloptions) option) || ')'
                    FROM pg_class WHERE relname LIKE 'qrtz%' AND reloptions IS NOT NULL""")) {
                statement.execute(reset);
            }
            List<String> shipped = shipped();
            for (String create : shipped) {
                statement.execute(create);
            }
            if (shipped.size() != 20) {
                throw new IllegalStateException("indexes that Quartz ships: " + shipped.size());
            }
        }
    }

    private static List<String> shipped() {
        try (InputStream in = StockIndexes.class.getResourceAsStream(SHIPPED)) {
            if (in == null) {
                throw new IllegalStateException("not on the class path: " + SHIPPED);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return CREATE_INDEX.matcher(text).results().map(MatchResult::group).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> column(Statement statement, String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }
}
