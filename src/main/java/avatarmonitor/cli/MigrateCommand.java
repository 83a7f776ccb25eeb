package avatarmonitor.cli;

import avatarmonitor.config.Settings;
import avatarmonitor.store.Database;
import avatarmonitor.store.JdbcUrl;
import avatarmonitor.store.Migrations;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code migrate}: the schema without a worker, for deployments that change schemas in a step of their own. */
@Command(
        name = "migrate",
        description = {
            "Bring the database schema up to date.",
            "",
            "Makes the tables and views of avatar-monitor that are missing. Tables of the application are neither altered nor"
                    + " dropped; its table avatars is made only in a database that has none. May run again at any time, also"
                    + " while workers run. A worker does the same at its start.",
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor migrate",
            "  AVATAR_MONITOR_DB_URL=jdbc:postgresql://db:5432/app avatar-monitor migrate"
        })
final class MigrateCommand implements Callable<Integer> {
    private final Invocation invocation;

    MigrateCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Settings settings = invocation.settings();
        String url = JdbcUrl.withoutSecrets(settings.store().url());
        try (Database database = Database.open(settings.store())) {
            int applied = Migrations.run(database);
            String done = switch (applied) {
                case 0 -> "nothing to do, the schema is up to date";
                case 1 -> "1 migration applied";
                default -> applied + " migrations applied";
            };
            invocation.terminal().out().println(url + ": " + done);
        }
        return ExitCode.DONE;
    }
}
