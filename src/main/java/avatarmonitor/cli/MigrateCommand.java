package avatarmonitor.cli;

import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.config.Settings;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.OperatorLog;
import avatarmonitor.event.OperatorLog.Outcome;
import avatarmonitor.inspect.Rows;
import avatarmonitor.store.Database;
import avatarmonitor.store.JdbcUrl;
import avatarmonitor.store.migration.Migrations;
import avatarmonitor.store.migration.NotifyTrigger;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.store.sql.Dialect;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
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
                    + " the same at its start, but never creates avatars on PostgreSQL.",
            "",
            "With --with-notify a trigger on avatars notifies workers of each new training, so that its first check follows"
                    + " within about one second without a change of the application. It is never created otherwise.",
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor migrate",
            "  avatar-monitor migrate --create-avatars",
            "  avatar-monitor migrate --with-notify",
            "  AVATAR_MONITOR_DB_URL='jdbc:postgresql://db:5432/app?sslmode=verify-full' avatar-monitor migrate"
        })
final class MigrateCommand extends ResultCommand {
    @Option(
            names = "--create-avatars",
            description = "Create the application's table avatars if the search path contains none.")
    private boolean createAvatars;

    /** At most one of both. */
    private static final class Notify {
        @Option(
                names = "--with-notify",
                description = "PostgreSQL: create the trigger avatar_monitor_notify on avatars.")
        private boolean with;

        @Option(names = "--without-notify", description = "PostgreSQL: drop that trigger.")
        private boolean without;
    }

    @ArgGroup(exclusive = true)
    private @Nullable Notify notify;

    MigrateCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    public Integer call() {
        Settings settings = invocation.settings();
        String url = JdbcUrl.withoutSecrets(settings.store().url());
        try (Database database = Database.open(settings.store())) {
            int applied = createAvatars ? Migrations.runCreatingAvatars(database) : Migrations.run(database);
            OperatorLog actions =
                    new OperatorLog(database, new EventLog(database.dialect()), invocation.clock(), "cli");
            actions.did(
                    invocation.actor(), "migrate", null, () -> applied, count -> new Outcome(count + " applied", null));
            warnOfOthers(database);
            String trigger = changeTrigger(database, actions);
            String done = switch (applied) {
                case 0 -> "nothing to do, the schema is up to date";
                case 1 -> "1 migration applied";
                default -> applied + " migrations applied";
            };
            String text = url + ": " + done;
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("database", url);
            members.put("applied", applied);
            if (trigger != null) {
                members.put("notify", trigger);
                text += System.lineSeparator() + "trigger " + NotifyTrigger.NAME + " on "
                        + AvatarSchema.read(database).table() + ": " + trigger.replace('_', ' ');
            }
            print(Rows.json(members), text);
        }
        return ExitCode.DONE;
    }

    /** Result of the change of the trigger; null when none was requested. */
    private @Nullable String changeTrigger(Database database, OperatorLog actions) {
        Notify wanted = notify;
        if (wanted == null || wanted.with == wanted.without) {
            return null;
        }
        if (database.dialect() != Dialect.POSTGRESQL) {
            throw refused("--with-notify and --without-notify need PostgreSQL: on H2 use avatar-monitor monitor ID, or"
                    + " POST /api/v1/avatars/{id}/monitor");
        }
        if (wanted.with && NotifyTrigger.meetsPreparedTransactions(database)) {
            invocation.note(
                    "avatar-monitor: max_prepared_transactions is not 0: a transaction that begins a training can then not"
                            + " be prepared (PREPARE TRANSACTION); if the application does that, run migrate --without-notify");
        }
        return actions.did(
                invocation.actor(),
                wanted.with ? "install_notify_trigger" : "remove_notify_trigger",
                null,
                () -> wanted.with
                        ? NotifyTrigger.install(database) ? "installed" : "already_installed"
                        : NotifyTrigger.remove(database) ? "removed" : "not_installed",
                word -> new Outcome(word, null));
    }

    /** Warns when the table in use may not be the intended one. */
    private void warnOfOthers(Database database) {
        String others = AvatarSchema.others(database);
        if (!others.isEmpty()) {
            invocation.note("avatar-monitor: the table in use is "
                    + AvatarSchema.read(database).table() + ", but there is also " + others
                    + ": check currentSchema in db.url if that one is meant");
        }
    }
}
