package avatarmonitor.cli.doctor;

import avatarmonitor.config.Settings;
import avatarmonitor.inspect.Condition;
import avatarmonitor.inspect.Facts;
import avatarmonitor.inspect.WorkerFacts;
import avatarmonitor.observe.CurrentState;
import avatarmonitor.schedule.ScheduleFaults;
import avatarmonitor.store.Database;
import avatarmonitor.store.JdbcUrl;
import avatarmonitor.store.LocalAccess;
import avatarmonitor.store.SchemaException;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.clock.ClockOffset;
import avatarmonitor.store.migration.Migrations;
import avatarmonitor.store.migration.OwnRights;
import avatarmonitor.store.schema.AvatarRights;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** The part of {@code doctor} that examines the database. */
record DatabaseDoctor(Settings settings, InstantSource clock, Findings findings) {
    private static final Set<Condition.Kind> NEEDS_OPERATOR = EnumSet.of(
            Condition.Kind.CLOCK_OFF,
            Condition.Kind.KEY_REFUSED,
            Condition.Kind.ACCOUNT_LOCKED,
            Condition.Kind.FAL_DOWN,
            Condition.Kind.ENDPOINT_UNKNOWN,
            Condition.Kind.ENDS_REFUSED);

    void examine() {
        if (!JdbcUrl.hosts(settings.store().url()).isEmpty()) {
            ServerDoctor.transport(settings.store(), findings);
        }
        localAccess();
        try (Database database = Database.openExisting(settings.store())) {
            database(database);
            if (database.dialect() == Dialect.POSTGRESQL) {
                ServerDoctor.examine(database, settings.store(), findings);
            }
            clock(database);
            table(database);
            if (schema(database) && rights(database)) {
                CurrentState situation = CurrentState.read(database, clock.instant());
                state(situation.headline());
                workers(database, situation.facts());
                TypesDoctor.examine(database, settings, clock, findings);
                PauseDoctor.examine(database, clock.instant(), findings);
                EndsDoctor.examine(database, findings);
                trainings(database, situation);
            }
        } catch (StoreException e) {
            findings.fail("database", String.valueOf(e.getMessage()), "correct that first: all other checks need it");
        }
    }

    private void database(Database database) {
        String product = database.read(connection -> connection.getMetaData().getDatabaseProductName() + " "
                + connection.getMetaData().getDatabaseProductVersion());
        findings.ok(
                "database",
                product + " at " + JdbcUrl.withoutSecrets(settings.store().url()));
    }

    /** Reports access of other users of this machine to an embedded database. */
    private void localAccess() {
        if (!settings.store().url().startsWith("jdbc:h2:")) {
            return;
        }
        try {
            List<LocalAccess> problems = LocalAccess.problems(settings.store());
            if (problems.isEmpty()) {
                findings.ok("access", "other users of this machine can neither read nor open the database");
            }
            for (LocalAccess problem : problems) {
                if (problem.severe()) {
                    findings.fail("access", problem.what(), problem.advice());
                } else {
                    findings.warn("access", problem.what(), problem.advice());
                }
            }
        } catch (StoreException e) {
            findings.fail("access", String.valueOf(e.getMessage()), "correct that first");
        }
    }

    private void clock(Database database) {
        ClockOffset offset = ClockOffset.measure(database, clock);
        findings.okOrFail(
                !offset.tooLarge(),
                "clock",
                offset.inWords(),
                "let NTP set the clocks of all machines: workers decide by them which trigger is due");
    }

    private void table(Database database) {
        try {
            AvatarSchema schema =
                    AvatarSchema.read(database, settings.trainings().requiredColumns());
            AvatarRights.missing(database, settings.trainings().requiredColumns())
                    .ifPresentOrElse(
                            missing -> findings.fail(
                                    "application",
                                    "table " + schema.table() + " fits, but " + missing.what(),
                                    "run " + missing.grant()),
                            () -> findings.ok(
                                    "application",
                                    "table " + schema.table() + " fits, "
                                            + schema.columns().size() + " columns used"));
            String others = AvatarSchema.others(database);
            if (!others.isEmpty()) {
                findings.warn(
                        "application",
                        "there is also " + others + ", which is not looked at",
                        "check currentSchema in db.url if that one is meant");
            }
        } catch (SchemaException e) {
            findings.fail("application", String.valueOf(e.getMessage()), "change that table, or check db.url");
        }
    }

    private boolean schema(Database database) {
        List<String> pending = Migrations.pending(database);
        if (pending.isEmpty()) {
            findings.ok("schema", "up to date");
            return true;
        }
        findings.fail(
                "schema",
                (pending.size() == 1 ? "1 migration has" : pending.size() + " migrations have") + " not run: "
                        + String.join(", ", pending),
                "run avatar-monitor migrate");
        return false;
    }

    /**
     * Checks the privileges of a worker that connects as this user; tries a write and rolls it back. Returns false when
     * the remaining checks are impossible.
     */
    private boolean rights(Database database) {
        List<OwnRights> missing = OwnRights.missing(database);
        missing.forEach(right -> findings.fail("rights", right.what(), "run " + right.grant()));
        if (!missing.isEmpty()) {
            return false;
        }
        try {
            database.read(connection -> {
                connection.setAutoCommit(false);
                try {
                    // No event has a negative id.
                    return Jdbc.update(
                            connection,
                            "INSERT INTO avatar_monitor_outbox (event_id) VALUES (?)",
                            -1L - ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE - 1));
                } finally {
                    connection.rollback();
                }
            });
            findings.ok("rights", "tables of avatar-monitor can be read and written");
        } catch (StoreException e) {
            findings.fail(
                    "rights",
                    "nothing can be written: " + e.getMessage(),
                    "let db.url and db.user name a server and a user that may write");
        }
        return true;
    }

    /** Reports the worst condition, which is the headline of the page. */
    private void state(Condition worst) {
        Instant since = worst.since();
        String text = worst.text() + (since == null ? "" : " Since " + since + ".");
        String remedy = String.valueOf(worst.remedy());
        // Conditions that workers repair by themselves, and an installation without a started worker, are no failures.
        if (NEEDS_OPERATOR.contains(worst.kind())) {
            findings.fail("state", text, remedy);
        } else {
            findings.okOrWarn(worst.severity() == Condition.Severity.OK, "state", text, remedy);
        }
    }

    private void workers(Database database, Facts facts) {
        int alive = WorkerFacts.alive(database);
        findings.okOrWarn(
                alive > 0,
                "workers",
                alive == 0 ? "none is alive, nothing is checked" : alive + " alive",
                "start one: avatar-monitor worker");
        long monitored = facts.counts().getOrDefault("watched", 0L);
        // Workers report their settings; without a worker those of this command are the best estimate.
        double needed = facts.neededPerSecond()
                .orElse(monitored * 1000.0 / settings.monitor().interval().toMillis());
        long allowed = facts.allowedPerSecond().orElse((long) settings.fal().requestsPerSecond());
        String rate = String.format(
                Locale.ROOT,
                "%d monitored, they need %.1f requests per second of at most %d",
                monitored,
                needed,
                allowed);
        findings.okOrWarn(
                needed <= allowed,
                "rate",
                rate,
                "each is checked less often: raise fal.requests-per-second if fal allows it, or monitor.interval");
    }

    private void trainings(Database database, CurrentState situation) {
        long unmonitored = situation.facts().counts().getOrDefault("unmonitored", 0L);
        long invalid = situation.facts().counts().getOrDefault("invalid", 0L);
        judge(
                "unwatched",
                unmonitored + invalid,
                "in TRAINING without a trigger"
                        + (invalid == 0 ? "" : ", of them " + invalid + " that only the application can correct"),
                "avatar-monitor list --unwatched shows why; reconcile schedules what can be monitored");
        judge(
                "invalid",
                invalid,
                "in TRAINING with a row that cannot be monitored",
                "avatar-monitor list --unwatched says what the application must correct in each");
        judge(
                "stalled",
                situation.facts().counts().getOrDefault("stalled", 0L),
                "in TRAINING for longer than monitor.max-age",
                "avatar-monitor list --stalled; check ID asks fal once more, or give them another status");
        schedule(situation.faults());
        judge(
                "repairs",
                count(
                        database,
                        "SELECT count(*) FROM avatar_event WHERE type = 'repair_runaway'"
                                + " AND at > current_timestamp - INTERVAL '1' DAY"),
                "things broke again and again in the last day",
                "something outside keeps breaking them: avatar-monitor events tells what, look for who changes qrtz_* tables");
    }

    /** Reports one line for each kind of schedule fault, with an example. */
    private void schedule(List<ScheduleFaults.Summary> found) {
        if (found.isEmpty()) {
            findings.ok("schedule", "nothing is wrong with triggers and jobs");
        }
        found.forEach(kind -> findings.warn(
                "schedule",
                (kind.count() < CurrentState.FAULTS_MAX ? "" : "at least ") + kind.count() + " "
                        + kind.kind().word().replace('_', ' ') + ", such as "
                        + kind.first().subject() + ": " + kind.first().problem(),
                "workers repair it within reconcile.scan-interval; avatar-monitor doctor --repair does it now"));
    }

    private void judge(String what, long count, String things, String advice) {
        findings.okOrWarn(count == 0, what, count + " " + things, advice);
    }

    private static int count(Database database, String query) {
        return database.read(connection -> Jdbc.one(connection, query, row -> row.getInt(1)));
    }
}
