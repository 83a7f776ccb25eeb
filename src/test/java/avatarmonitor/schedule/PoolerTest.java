package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static avatarmonitor.schedule.Triggers.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.store.Pooler;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.migration.Migrations;
import avatarmonitor.testing.PgBouncer;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** PostgreSQL behind a connection pooler. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"POSTGRESQL_15", "POSTGRESQL_18"})
class PoolerTest {
    private static final int OTHER_CLIENTS = 4;

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database direct;

    PoolerTest(TestDatabase kind) {
        fresh = kind.fresh();
        direct = fresh.database();
    }

    @BeforeAll
    static void requireProgram() {
        PgBouncer.require(PoolerTest.class);
    }

    @ParameterizedTest
    @CsvSource({"transaction, ''", "transaction, ?prepareThreshold=0", "statement, ''"})
    void sharedSessionsAreRefusedByNameAndNothingOfOursStaysInThem(String mode, String parameters) throws Exception {
        try (PgBouncer pooler = PgBouncer.before(fresh.config(), mode)) {
            StoreConfig config = with(pooler.config(), parameters);

            assertThatThrownBy(() -> Database.open(config))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            e -> assertThat(e.misconfigured()).isTrue())
                    .hasMessageContaining("behind a connection pooler that shares sessions")
                    .hasMessageContaining("pool_mode = session");

            assertThat(settingsSeenByAnotherClient(pooler.config())).isEqualTo("0|0");
            assertThat(advisoryLocks()).isZero();
        }
    }

    @Test
    void sharedSessionsAreFoundWhileOtherClientsUseThemToo() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> others = new ArrayList<>();
        try (PgBouncer pooler = PgBouncer.before(fresh.config(), "transaction")) {
            for (int i = 0; i < OTHER_CLIENTS; i++) {
                Thread other = new Thread(() -> askUntil(over, pooler.config()));
                other.start();
                others.add(other);
            }
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> Database.open(pooler.config()))
                        .hasMessageContaining("behind a connection pooler that shares sessions");
            }
            over.set(true);
            for (Thread other : others) {
                other.join();
            }
        }
    }

    @Test
    void workerFiresThroughAPoolInSessionModeAndLeavesItClean() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        assertThat(Pooler.isBefore(direct)).isFalse();
        try (PgBouncer pooler = PgBouncer.before(fresh.config(), "session")) {
            try (Database workers = Database.open(pooler.config())) {
                assertThat(Pooler.isBefore(workers)).isTrue();
                assertThat(Migrations.run(workers)).isZero();
                QuartzNode node = Triggers.node(workers, "a", (bundle, scheduler) -> context -> ran.incrementAndGet());
                Triggers.store(
                        node,
                        List.of(Triggers.repeated("often", Instant.now(), Duration.ofMillis(200))),
                        SHARED,
                        NOTHING_MORE);
                node.start();
                patiently().until(() -> ran.get() > 5);
                node.stop(Duration.ofSeconds(3));
            }
            patiently().until(() -> settingsSeenByAnotherClient(pooler.config()).equals("0|0"));
            assertThat(advisoryLocks()).isZero();
        }
    }

    /** It rejects an excess client with the same SQLState as a transaction in statement mode. */
    @Test
    void poolInSessionModeThatIsFullIsNotTakenForOneThatSharesSessions() throws Exception {
        try (PgBouncer pooler = PgBouncer.before(fresh.config(), "session", 1)) {
            StoreConfig full = new StoreConfig(
                    pooler.config().url(),
                    pooler.config().user(),
                    pooler.config().password(),
                    1);
            assertThatThrownBy(() -> Database.open(full).close())
                    .hasMessageContaining("max_client_conn")
                    .hasMessageNotContaining("shares sessions");
        }
    }

    private static StoreConfig with(StoreConfig config, String parameters) {
        return new StoreConfig(config.url() + parameters, config.user(), config.password(), config.poolSize());
    }

    private static String settingsSeenByAnotherClient(StoreConfig config) throws SQLException {
        try (Connection other = DriverManager.getConnection(config.url(), config.user(), config.password());
                Statement statement = other.createStatement();
                var row = statement.executeQuery(
                        "SELECT current_setting('lock_timeout') || '|' || current_setting('statement_timeout')")) {
            row.next();
            return row.getString(1);
        }
    }

    private static void askUntil(AtomicBoolean over, StoreConfig config) {
        try (Connection other = DriverManager.getConnection(config.url(), config.user(), config.password());
                Statement statement = other.createStatement()) {
            while (!over.get()) {
                statement.execute("SELECT pg_sleep(0.001)");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private int advisoryLocks() {
        return Sql.rows(direct, """
                SELECT pid FROM pg_locks
                WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())""").size();
    }
}
