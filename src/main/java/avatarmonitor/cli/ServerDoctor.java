package avatarmonitor.cli;

import avatarmonitor.store.ConnectionBudget;
import avatarmonitor.store.Database;
import avatarmonitor.store.Pooler;
import avatarmonitor.store.ServerRole;
import avatarmonitor.store.StoreConfig;
import java.util.function.Consumer;

/** The part of {@code doctor} that looks at a PostgreSQL server and the way to it. */
final class ServerDoctor {
    private ServerDoctor() {}

    static void examine(Database database, StoreConfig config, Consumer<Finding> findings) {
        role(database, findings);
        connections(database, config, findings);
        findings.accept(
                Pooler.isBefore(database)
                        ? Finding.ok("pooler", "one in session mode; it must give a worker as many server connections")
                        : Finding.ok("pooler", "none, connections are direct"));
    }

    private static void role(Database database, Consumer<Finding> findings) {
        ServerRole role = ServerRole.of(database);
        findings.accept(
                role == ServerRole.PRIMARY
                        ? Finding.ok("server", role.inWords())
                        : Finding.fail("server", "takes no writes: " + role.inWords(), ServerRole.REMEDY));
    }

    private static void connections(Database database, StoreConfig config, Consumer<Finding> findings) {
        ConnectionBudget budget = ConnectionBudget.of(database, config);
        findings.accept(
                budget.suffices()
                        ? Finding.ok("connections", budget.inWords())
                        : Finding.fail("connections", budget.inWords(), budget.remedy()));
    }
}
