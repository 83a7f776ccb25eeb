package avatarmonitor.cli;

import avatarmonitor.config.Settings;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.OperatorLog;
import avatarmonitor.event.OperatorLog.Outcome;
import avatarmonitor.inspect.Rows;
import avatarmonitor.store.AvatarSchema;
import avatarmonitor.store.Database;
import avatarmonitor.store.JdbcUrl;
import avatarmonitor.store.Migrations;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code migrate}: migrates the schema without a worker, for deployments with a separate migration step. */
@Command(
        name = "migrate",
        description = {
            "Create or update the database schema.",
            "",
            "Creates or updates the tables, views and functions of avatar-monitor. Tables of the application are neither"
                    + " altered nor dropped. The application's table avatars is created only if it does not exist: on an H2 file"
                    + " always, on PostgreSQL with --create-avatars. May run at any time, also while workers run. A worker does"
                    + " the same at its start, but never creates avatars on PostgreSQL."
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor migrate",
            "  avatar-monitor migrate --create-avatars",
            "  AVATAR_MONITOR_DB_URL='jdbc:postgresql://db:5432/app?sslmode=verify-full' avatar-monitor migrate"
        })
final class MigrateCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Option(
            names = "--create-avatars",
            description = "Create the application's table avatars if the search path contains none.")
    private boolean createAvatars;

    @Mixin
    private final JsonOption json = new JsonOption();

    MigrateCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Settings settings = invocation.settings();
        String url = JdbcUrl.withoutSecrets(settings.store().url());
        try (Database database = Database.open(settings.store())) {
            int applied = createAvatars ? Migrations.runCreatingAvatars(database) : Migrations.run(database);
            note(database, applied);
            warnOfOthers(database);
            String done = switch (applied) {
                case 0 -> "nothing to do, the schema is up to date";
                case 1 -> "1 migration applied";
                default -> applied + " migrations applied";
            };
            if (json.wanted) {
                Map<String, Object> members = new LinkedHashMap<>();
                members.put("database", url);
                members.put("applied", applied);
                Json.print(invocation.terminal(), Rows.json(members));
            } else {
                invocation.terminal().out().println(url + ": " + done);
            }
        }
        return ExitCode.DONE;
    }

    private void note(Database database, int applied) {
        new OperatorLog(database, new EventLog(database.dialect()), invocation.clock(), "cli")
                .did(
                        invocation.actor(),
                        "migrate",
                        null,
                        () -> applied,
                        count -> new Outcome(count + " applied", null));
    }

    /** Warns when the table in use may not be the intended one. */
    private void warnOfOthers(Database database) {
        String others = AvatarSchema.others(database);
        if (!others.isEmpty()) {
            invocation
                    .terminal()
                    .err()
                    .println("avatar-monitor: the table in use is "
                            + AvatarSchema.read(database).table() + ", but there is also " + others
                            + ": check currentSchema in db.url if that one is meant");
        }
    }
}
