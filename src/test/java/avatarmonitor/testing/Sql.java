package avatarmonitor.testing;

import avatarmonitor.store.Database;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Runs plain SQL statements for tests. */
public final class Sql {
    private Sql() {}

    public static void run(Database database, String... statements) {
        database.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                for (String sql : statements) {
                    statement.execute(sql);
                }
                return statements.length;
            }
        });
    }

    /** Returns the rows of a query, their values as text joined by {@code |}; NULL is an empty text. */
    public static List<String> rows(Database database, String query) {
        return database.read(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery(query)) {
                List<String> rows = new ArrayList<>();
                int columns = result.getMetaData().getColumnCount();
                while (result.next()) {
                    List<String> values = new ArrayList<>();
                    for (int i = 1; i <= columns; i++) {
                        String value = result.getString(i);
                        values.add(value == null ? "" : value);
                    }
                    rows.add(String.join("|", values));
                }
                return rows;
            }
        });
    }
}
