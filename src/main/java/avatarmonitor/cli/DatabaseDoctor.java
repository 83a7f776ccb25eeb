package avatarmonitor.cli;

import avatarmonitor.config.Settings;
import avatarmonitor.schedule.Disorders;
import avatarmonitor.store.AvatarRights;
import avatarmonitor.store.AvatarSchema;
import avatarmonitor.store.ClockOffset;
import avatarmonitor.store.Database;
import avatarmonitor.store.Dialect;
import avatarmonitor.store.JdbcUrl;
import avatarmonitor.store.Migrations;
import avatarmonitor.store.SchemaException;
import avatarmonitor.store.StoreException;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** The part of {@code doctor} that looks into the database. */
final class DatabaseDoctor {
    /** Disorders of one kind that are counted. */
    private static final int DISORDERS_MAX = 1_000;

    private final Settings settings;
    private final InstantSource clock;
    private final Consumer<Finding> findings;

    DatabaseDoctor(Settings settings, InstantSource clock, Consumer<Finding> findings) {
        this.settings = settings;
        this.clock = clock;
        this.findings = findings;
    }

    void examine() {
        try (Database database = Database.openExisting(settings.store())) {
            database(database);
            if (database.dialect() == Dialect.POSTGRESQL) {
                ServerDoctor.examine(database, settings.store(), findings);
            }
            clock(database);
            table(database);
            if (schema(database)) {
                workers(database);
                PauseDoctor.examine(database, clock.instant(), findings);
                EndsDoctor.examine(database, findings);
                trainings(database);
            }
        } catch (StoreException e) {
            findings.accept(
                    Finding.fail("database", String.valueOf(e.getMessage()), "mend that first, all else needs it"));
        }
    }

    private void database(Database database) {
        String product = database.read(connection -> connection.getMetaData().getDatabaseProductName() + " "
                + connection.getMetaData().getDatabaseProductVersion());
        findings.accept(Finding.ok(
                "database",
                product + " at " + JdbcUrl.withoutSecrets(settings.store().url())));
    }

    private void clock(Database database) {
        ClockOffset offset = ClockOffset.measure(database, clock);
        findings.accept(
                offset.tooLarge()
                        ? Finding.fail(
                                "clock",
                                offset.inWords(),
                                "let NTP set the clocks of all machines: workers tell by them which trigger is due")
                        : Finding.ok("clock", offset.inWords()));
    }

    private void table(Database database) {
        try {
            AvatarSchema schema = AvatarSchema.read(database);
            Optional<AvatarRights> missing = AvatarRights.missing(database);
            findings.accept(
                    missing.isPresent()
                            ? Finding.fail(
                                    "application",
                                    "table " + schema.table() + " fits, but "
                                            + missing.get().what(),
                                    "run " + missing.get().grant())
                            : Finding.ok(
                                    "application",
                                    "table " + schema.table() + " fits, "
                                            + schema.columns().size() + " columns used"));
            String others = AvatarSchema.others(database);
            if (!others.isEmpty()) {
                findings.accept(Finding.warn(
                        "application",
                        "there is also " + others + ", which is not looked at",
                        "check currentSchema in db.url if that one is meant"));
            }
        } catch (SchemaException e) {
            findings.accept(
                    Finding.fail("application", String.valueOf(e.getMessage()), "change that table, or check db.url"));
        }
    }

    private boolean schema(Database database) {
        List<String> pending = Migrations.pending(database);
        if (pending.isEmpty()) {
            findings.accept(Finding.ok("schema", "up to date"));
            return true;
        }
        findings.accept(Finding.fail(
                "schema",
                (pending.size() == 1 ? "1 migration has" : pending.size() + " migrations have") + " not run: "
                        + String.join(", ", pending),
                "run avatar-monitor migrate"));
        return false;
    }

    private void workers(Database database) {
        int alive = Workers.alive(database);
        findings.accept(
                alive == 0
                        ? Finding.warn(
                                "workers", "none is alive, nothing is checked", "start one: avatar-monitor worker")
                        : Finding.ok("workers", alive + " alive"));
        int watched = count(database, "SELECT count(*) FROM v_watched");
        double needed = watched * 1000.0 / settings.monitor().interval().toMillis();
        int allowed = settings.fal().requestsPerSecond() * Math.max(1, alive);
        String rate = String.format(
                Locale.ROOT,
                "%d watched, %.1f questions per second of at most %d by %s",
                watched,
                needed,
                allowed,
                alive <= 1 ? "1 worker" : alive + " workers");
        findings.accept(
                needed > allowed
                        ? Finding.warn(
                                "rate",
                                rate,
                                "checks come late: raise monitor.interval, fal.requests-per-second or the number of workers")
                        : Finding.ok("rate", rate));
    }

    private void trainings(Database database) {
        judge(
                "unwatched",
                count(database, "SELECT count(*) FROM v_unwatched WHERE last_outcome IS DISTINCT FROM 'stalled'"),
                "in TRAINING without a watch",
                "avatar-monitor list --unwatched tells why; reconcile takes up what can be watched");
        judge(
                "stalled",
                count(database, "SELECT count(*) FROM v_stalled"),
                "in TRAINING for longer than monitor.max-age",
                "avatar-monitor list --stalled; check ID asks fal once more, or give them another status");
        schedule(database);
        judge(
                "repairs",
                count(
                        database,
                        "SELECT count(*) FROM avatar_event WHERE type = 'repair_runaway'"
                                + " AND at > current_timestamp - INTERVAL '1' DAY"),
                "things broke again and again in the last day",
                "something outside keeps breaking them: avatar-monitor events tells what, look for who changes qrtz_* tables");
    }

    /** One line for each kind of disorder, with the first one of it as an example. */
    private void schedule(Database database) {
        List<Disorders.Summary> found = Disorders.summary(database, clock.instant(), DISORDERS_MAX);
        if (found.isEmpty()) {
            findings.accept(Finding.ok("schedule", "nothing is wrong with triggers and jobs"));
        }
        found.forEach(kind -> findings.accept(Finding.warn(
                "schedule",
                (kind.count() < DISORDERS_MAX ? "" : "at least ") + kind.count() + " "
                        + kind.kind().word().replace('_', ' ') + ", such as "
                        + kind.first().subject() + ": " + kind.first().problem(),
                "workers mend it within reconcile.scan-interval; avatar-monitor doctor --repair does it now")));
    }

    private void judge(String what, int count, String things, String advice) {
        findings.accept(
                count == 0 ? Finding.ok(what, "0 " + things) : Finding.warn(what, count + " " + things, advice));
    }

    private static int count(Database database, String query) {
        return database.read(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(query)) {
                row.next();
                return row.getInt(1);
            }
        });
    }
}
