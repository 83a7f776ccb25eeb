package avatarmonitor.process;

import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** Configures the test server, which trusts all roles, to require a password from one role. */
final class PasswordServer {
    static final String ROLE = "locked_role";

    private PasswordServer() {}

    /** Returns the URL of a database on a server that requires a password from {@link #ROLE}. */
    static String urlOfLockedRole(TestDatabase kind) throws IOException {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            Database database = fresh.database();
            Path rules = Path.of(Sql.rows(database, "SHOW hba_file").get(0));
            List<String> lines = new ArrayList<>(List.of("host all " + ROLE + " all scram-sha-256"));
            lines.addAll(Files.readAllLines(rules));
            Files.write(rules, lines);
            Sql.run(
                    database,
                    "CREATE ROLE " + ROLE + " LOGIN PASSWORD 'right-password-8264'",
                    "SELECT pg_reload_conf()");
            Awaitility.await()
                    .until(() -> !Sql.rows(
                                    database, "SELECT 1 FROM pg_hba_file_rules WHERE '" + ROLE + "' = ANY (user_name)")
                            .isEmpty());
            return fresh.config().url().replaceAll("/[^/]*$", "/postgres");
        }
    }
}
