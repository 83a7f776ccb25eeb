package avatarmonitor.store.migration;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.store.schema.AvatarsLookup;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.SqlFile;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;

/**
 * Migrates this product's tables and views; their definitions are under {@code sql/migrations} and {@code sql/views}.
 * Never alters or drops the application's tables. The history table is {@value #HISTORY}.
 */
public final class Migrations {
    static final String HISTORY = "avatar_monitor_schema_history";

    /** One connection holds the lock; Flyway uses one for the history, one for migrations and one for callbacks. */
    private static final int CONNECTIONS = 4;

    private Migrations() {}

    /**
     * Runs pending migrations. Workers that start at once wait for each other; a schema that a newer version has
     * migrated further is accepted, as in a rolling deployment. On H2 creates the application's {@code avatars} table
     * where it is missing; never on PostgreSQL, where it would hide a table that this role merely cannot see.
     *
     * @return how many of {@link #pending} ran
     * @throws avatarmonitor.store.SchemaException when there is no {@code avatars} table, or one that cannot be
     *     monitored; nothing was changed then
     */
    public static int run(Database database) {
        return run(database, database.dialect() == Dialect.H2);
    }

    /**
     * Like {@link #run}, and creates the application's {@code avatars} table where the search path has none: for tests,
     * benchmarks and applications that do not create it themselves.
     */
    public static int runCreatingAvatars(Database database) {
        return run(database, true);
    }

    private static int run(Database database, boolean createAvatars) {
        boolean present = AvatarSchema.readIfPresent(database).isPresent();
        if (!present && !createAvatars) {
            throw database.read(AvatarsLookup::of).missing();
        }
        if (present
                && AppliedMigrations.complete(database)
                && Views.pending(database).isEmpty()) {
            return 0;
        }
        MigrationRights.requireForTheFirst(database);
        try (HikariDataSource connections = connections(database)) {
            return MigrationLock.whileHeld(
                    database.dialect(),
                    connections,
                    () -> LockQueue.patiently(() -> migrate(database, connections))
                            + (createAvatars ? createAvatars(database, connections) : 0)
                            + LockQueue.patiently(() -> Views.apply(database.dialect(), connections)));
        } catch (SQLException e) {
            throw new StoreException(e);
        } catch (FlywayException | StoreException e) {
            throw MigrationRights.explain(database, e);
        }
    }

    private static int migrate(Database database, DataSource connections) {
        Flyway flyway = flyway(database, connections);
        if (database.dialect() == Dialect.POSTGRESQL) {
            return flyway.migrate().migrationsExecuted;
        }
        InterruptedScript.undo(connections, () -> flyway.info().pending().length > 0);
        int executed = flyway.migrate().migrationsExecuted;
        InterruptedScript.ended(connections);
        return executed;
    }

    /** The table may be missing although the migration that creates it has run: another one existed at that time. */
    private static int createAvatars(Database database, DataSource connections) {
        if (AvatarSchema.readIfPresent(database).isPresent()) {
            return 0;
        }
        try (Connection connection = connections.getConnection()) {
            Jdbc.execute(
                    connection,
                    SqlFile.text("/sql/migrations/" + database.dialect().folder() + "/V3__avatars.sql"));
            return 1;
        } catch (SQLException e) {
            throw new StoreException(e);
        }
    }

    /** Returns pending migrations, oldest first, then pending views; changes nothing. */
    public static List<String> pending(Database database) {
        if (AppliedMigrations.complete(database)) {
            return Views.pending(database).stream().toList();
        }
        try (HikariDataSource connections = connections(database)) {
            return Stream.concat(
                            Arrays.stream(flyway(database, connections).info().pending())
                                    .map(migration -> migration.getScript()),
                            Views.pending(database).stream())
                    .toList();
        } catch (FlywayException e) {
            throw new StoreException("cannot read the migration history: " + e.getMessage(), e);
        }
    }

    /**
     * Requires that all migrations have run, for code that must not run them.
     *
     * @throws StoreException when some are missing; the message says what to do
     */
    public static void requireRun(Database database) {
        List<String> pending = pending(database);
        if (!pending.isEmpty()) {
            throw new StoreException(
                    "this database lacks tables or views of avatar-monitor, or has older ones (the first migration that"
                            + " has not run is " + pending.get(0)
                            + "): run avatar-monitor migrate or start a worker, or check db.url");
        }
    }

    /**
     * A separate pool, since the worker's sessions may not stay in a transaction as long as a migration holds its lock.
     */
    private static HikariDataSource connections(Database database) {
        return database.migrationPool(CONNECTIONS, MigrationLock.TIMEOUT, LockQueue.WAIT);
    }

    private static Flyway flyway(Database database, DataSource connections) {
        return Flyway.configure(Migrations.class.getClassLoader())
                .loggers("slf4j")
                .dataSource(connections)
                .locations(
                        "classpath:sql/migrations/common",
                        "classpath:sql/migrations/" + database.dialect().folder())
                .failOnMissingLocations(true)
                .table(HISTORY)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .baselineDescription("tables that were here before")
                .placeholderReplacement(false)
                .validateMigrationNaming(true)
                .validateOnMigrate(!AppliedMigrations.onlyVariantsDiffer(database))
                .ignoreMigrationPatterns("*:future")
                .cleanDisabled(true)
                .callbacks(
                        database.dialect() == Dialect.H2 ? new Callback[] {new InterruptedScript()} : new Callback[0])
                .load();
    }
}
