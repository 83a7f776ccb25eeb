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

/** The test server trusts everybody; here it learns to ask one role for its password. */
final class PasswordServer {
    static final String ROLE = "locked_role";

    private PasswordServer() {}

    /** The URL of a database of a server that asks {@link #ROLE} for its password. */
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
