package avatarmonitor.cli.doctor;

import avatarmonitor.http.Loopback;
import avatarmonitor.store.ConnectionBudget;
import avatarmonitor.store.Database;
import avatarmonitor.store.JdbcUrl;
import avatarmonitor.store.Notifications;
import avatarmonitor.store.Pooler;
import avatarmonitor.store.ServerRole;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.migration.NotifyTrigger;
import java.util.stream.Collectors;

/** The part of {@code doctor} that examines a PostgreSQL server and the connection to it. */
final class ServerDoctor {
    private ServerDoctor() {}

    static void examine(Database database, StoreConfig config, Findings findings) {
        role(database, findings);
        connections(database, config, findings);
        findings.ok(
                "pooler",
                Pooler.isBefore(database)
                        ? "one in session mode; it must give a worker as many server connections"
                        : "none, connections are direct");
        starts(database, findings);
    }

    /** Reports how soon monitoring of a new training starts. */
    private static void starts(Database database, Findings findings) {
        NotifyTrigger.State trigger = NotifyTrigger.state(database);
        try (Notifications heard = Notifications.open(database)) {
            heard.ping();
            String arrive = "notifications arrive, trigger " + NotifyTrigger.NAME + " on avatars is ";
            switch (trigger) {
                case INSTALLED -> findings.ok("starts", arrive + "installed");
                case ABSENT ->
                    findings.ok(
                            "starts",
                            arrive
                                    + "not installed (migrate --with-notify installs it, or the application calls"
                                    + " avatar_monitor_start)");
                case DISABLED ->
                    findings.warn(
                            "starts", arrive + "disabled", "run avatar-monitor migrate --with-notify to enable it");
            }
        } catch (StoreException e) {
            findings.warn(
                    "starts",
                    String.valueOf(e.getMessage()),
                    "give workers a connection that passes notifications on; without one a new training is found by the next"
                            + " scan (reconcile.scan-interval)");
        }
    }

    /** Evaluates the URL without connecting: an unverified connection could reach any server. */
    static void transport(StoreConfig config, Findings findings) {
        String mode = "sslmode=" + JdbcUrl.sslMode(config.url());
        String remote = JdbcUrl.hosts(config.url()).stream()
                .filter(host -> !Loopback.is(host))
                .collect(Collectors.joining(", "));
        if (remote.isEmpty()) {
            findings.ok("transport", "the database server is on this machine");
        } else if (JdbcUrl.verifiesServer(config.url())) {
            findings.ok("transport", "encrypted, and the server is verified (" + mode + ")");
        } else {
            findings.warn(
                    "transport",
                    "nothing proves that " + remote + " is the database server (" + mode
                            + "): who is on the way could read and change everything",
                    "set sslmode=verify-full in db.url, with sslrootcert=FILE of its authority (docs/database.md, TLS)");
        }
    }

    private static void role(Database database, Findings findings) {
        ServerRole role = ServerRole.of(database);
        if (role == ServerRole.PRIMARY) {
            findings.ok("server", role.inWords());
        } else {
            findings.fail("server", "takes no writes: " + role.inWords(), ServerRole.REMEDY);
        }
    }

    private static void connections(Database database, StoreConfig config, Findings findings) {
        ConnectionBudget budget = ConnectionBudget.of(database, config);
        findings.okOrFail(budget.suffices(), "connections", budget.inWords(), budget.remedy());
    }
}
