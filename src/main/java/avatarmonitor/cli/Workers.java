package avatarmonitor.cli;

import avatarmonitor.store.Database;
import java.sql.ResultSet;
import java.sql.Statement;

/** Queries about the members of the cluster. */
final class Workers {
    private Workers() {}

    static int alive(Database database) {
        return database.read(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT count(*) FROM v_workers WHERE alive")) {
                row.next();
                return row.getInt(1);
            }
        });
    }
}
