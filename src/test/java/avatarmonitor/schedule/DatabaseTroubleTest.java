package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static avatarmonitor.schedule.Triggers.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.store.DatabaseOutage;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.CapturedLog;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Network failures on the way to the server, which do not depend on its version. */
class DatabaseTroubleTest {
    private static final Duration STOP = Duration.ofSeconds(3);

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh();

    private final Database database = fresh.database();

    @Test
    void firingGoesOnAfterAllConnectionsWereCut() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        try (Database workers = Database.open(fresh.config())) {
            QuartzNode node = Triggers.node(workers, "a", (bundle, scheduler) -> context -> ran.incrementAndGet());
            Triggers.store(
                    node,
                    List.of(Triggers.repeated("often", Instant.now(), Duration.ofMillis(200))),
                    SHARED,
                    NOTHING_MORE);
            node.start();
            for (int round = 0; round < 3; round++) {
                int before = ran.get();
                patiently().until(() -> ran.get() > before + 2);
                Triggers.number(database, """
                        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """);
                int cut = ran.get();
                await().atMost(Duration.ofSeconds(60)).until(() -> ran.get() > cut + 3);
            }
            node.stop(STOP);
        }
        assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state = 'WAITING'"))
                .isEqualTo(1);
        assertThat(Triggers.count(database, "qrtz_fired_triggers", "true")).isZero();
    }

    @Test
    void outageOfTheDatabaseIsReportedOnceWhenItIsOver() throws Exception {
        StoreConfig direct = fresh.config();
        try (TroublesomeNetwork network = new TroublesomeNetwork(direct.url());
                CapturedLog log = new CapturedLog(DatabaseOutage.class);
                Database workers = Database.open(
                        new StoreConfig(network.url(), direct.user(), direct.password(), direct.poolSize()))) {
            QuartzNode node = Triggers.quickNode(workers, "a", (bundle, scheduler) -> context -> {});
            node.start();
            network.refuse(true);
            patiently().until(() -> log.startingWith("WARN database lost").size() == 1);
            // An event is written for five seconds without an answer, and more.
            long last = Triggers.lastCheckIn(database);
            patiently().until(() -> System.currentTimeMillis() > last + 8_000);
            network.refuse(false);
            patiently().until(() -> log.startingWith("INFO database is back").size() == 1);
            long checkIn = Triggers.lastCheckIn(database);
            patiently().until(() -> Triggers.lastCheckIn(database) > checkIn + 2_000);
            node.stop(STOP);

            assertThat(log.startingWith("WARN database lost")).hasSize(1);
        }
        assertThat(Sql.rows(database, "SELECT worker, detail FROM avatar_event WHERE type = 'database_back'"))
                .singleElement()
                .asString()
                .matches("a\\|\\{\"since\":\"20[^\"]+Z\",\"seconds\":([5-9]|[1-9][0-9])}");
    }

    @Test
    void momentWithoutTheDatabaseIsNoOutage() throws Exception {
        StoreConfig direct = fresh.config();
        try (TroublesomeNetwork network = new TroublesomeNetwork(direct.url());
                CapturedLog log = new CapturedLog(DatabaseOutage.class);
                Database workers = Database.open(
                        new StoreConfig(network.url(), direct.user(), direct.password(), direct.poolSize()))) {
            QuartzNode node = Triggers.quickNode(workers, "a", (bundle, scheduler) -> context -> {});
            node.start();
            boolean moments = true;
            for (int round = 0; round < 3; round++) {
                long checkIn = Triggers.lastCheckIn(database);
                long refused = System.nanoTime();
                network.refuse(true);
                network.refuse(false);
                patiently().until(() -> Triggers.lastCheckIn(database) > checkIn + 1_000);
                moments &= System.nanoTime() - refused < 2_000_000_000L;
            }
            node.stop(STOP);
            // On a busy machine what should be a moment may last, and is reported then.
            assertThat(log.startingWith("WARN database lost"))
                    .hasSameSizeAs(moments ? List.of() : log.startingWith("INFO database is back"));
        }
        assertThat(Triggers.count(database, "avatar_event", "type = 'database_back'"))
                .isZero();
    }

    /** The server completes a commit whose client has given up, as with a stalled disk. */
    @Test
    void firingsWhoseTransactionOutlivesItsConnectionRun() throws Exception {
        Triggers.change(database, """
                CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END $$""");
        Triggers.change(database, """
                CREATE CONSTRAINT TRIGGER stall AFTER INSERT ON qrtz_fired_triggers DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION stall()""");
        StoreConfig direct = fresh.config();
        Set<String> ran = ConcurrentHashMap.newKeySet();
        try (TroublesomeNetwork network = new TroublesomeNetwork(direct.url());
                Database workers = Database.open(
                        new StoreConfig(network.url(), direct.user(), direct.password(), direct.poolSize()));
                Connection disk = database.pool().getConnection();
                Statement stalls = disk.createStatement()) {
            QuartzNode node = Triggers.node(
                    workers,
                    "a",
                    (bundle, scheduler) ->
                            context -> ran.add(context.getTrigger().getKey().getName()));
            Triggers.store(node, Triggers.many(5, Instant.now()), SHARED, NOTHING_MORE);
            stalls.execute("SELECT pg_advisory_lock(1)");
            node.start();
            patiently().until(() -> waiting("query = 'COMMIT' AND wait_event = 'advisory'") == 1);

            network.refuse(true);
            network.refuse(false);
            patiently().until(() -> waiting("wait_event IN ('transactionid', 'tuple')") > 0);
            assertThat(ran).isEmpty();
            stalls.execute("SELECT pg_advisory_unlock(1)");

            patiently().until(() -> ran.size() == 5 && Triggers.count(database, "qrtz_fired_triggers", "true") == 0);
            node.stop(STOP);
        }
    }

    private long waiting(String how) {
        return Triggers.count(
                database, "pg_stat_activity", "datname = current_database() AND wait_event_type = 'Lock' AND " + how);
    }
}
