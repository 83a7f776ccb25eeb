package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static avatarmonitor.schedule.Triggers.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.process.TcpProxy;
import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.store.DatabaseOutage;
import avatarmonitor.store.StoreException;
import avatarmonitor.testing.CapturedLog;
import avatarmonitor.testing.ReplicatedServer;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A primary and its standby behind one address, like a virtual IP address or a name that follows the primary. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"POSTGRESQL_15", "POSTGRESQL_18"})
class FailoverTest {
    private static final Duration STOP = Duration.ofSeconds(3);

    /** A pool waits up to 5 s between two attempts to connect. */
    private static final Duration SECONDS = Duration.ofSeconds(60);

    @AutoClose
    private final ReplicatedServer servers;

    @AutoClose
    private final TcpProxy address;

    private final AtomicInteger ran = new AtomicInteger();

    FailoverTest(TestDatabase version) {
        servers = ReplicatedServer.start(version);
        address = TcpProxy.before(servers.primaryPort());
    }

    @Test
    void firingGoesOnAtTheNewPrimaryThoughSessionsToTheOldOneStayOpen() throws Exception {
        try (Database workers = Database.open(ReplicatedServer.config(address.port()))) {
            QuartzNode node = firing(workers);

            servers.failOver();
            address.lead(servers.standbyPort());

            assertFires();
            assertThat(Sql.rows(workers, "SELECT pg_is_in_recovery(), inet_server_port()"))
                    .containsExactly("f|" + servers.standbyPort());
            try (Database promoted = Database.open(ReplicatedServer.config(servers.standbyPort()))) {
                long checkIn = Triggers.lastCheckIn(promoted);
                patiently().until(() -> Triggers.lastCheckIn(promoted) > checkIn);
            }
            node.stop(STOP);
        }
    }

    @Test
    void firingGoesOnWhenTheAddressNoLongerLeadsToTheStandby() throws Exception {
        try (CapturedLog log = new CapturedLog(DatabaseOutage.class);
                Database workers = Database.open(ReplicatedServer.config(address.port()))) {
            QuartzNode node = firing(workers);

            address.lead(servers.standbyPort());
            address.cut();
            patiently().until(() -> log.startingWith("WARN database lost").size() == 1);
            assertThat(log.startingWith("WARN database lost").get(0)).contains("standby");

            address.lead(servers.primaryPort());
            assertFires();
            patiently().until(() -> log.startingWith("INFO database is back").size() == 1);
            node.stop(STOP);
        }
    }

    @Test
    void standbyIsNamedByThoseWhoWriteAndServesThoseWhoLook() {
        assertThatThrownBy(() -> Database.open(ReplicatedServer.config(servers.standbyPort())))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("the server is a standby (pg_is_in_recovery() is true)")
                .hasMessageContaining("let db.url lead to the primary");

        try (Database looking = Database.openExisting(ReplicatedServer.config(servers.standbyPort()))) {
            assertThat(Sql.rows(looking, "SELECT count(*) FROM v_watched")).containsExactly("0");
        }
    }

    private QuartzNode firing(Database workers) throws Exception {
        QuartzNode node = Triggers.quickNode(workers, "a", (bundle, scheduler) -> context -> ran.incrementAndGet());
        Triggers.store(
                node, List.of(Triggers.repeated("often", Instant.now(), Duration.ofMillis(200))), SHARED, NOTHING_MORE);
        node.start();
        assertFires();
        return node;
    }

    private void assertFires() {
        int before = ran.get();
        await().atMost(SECONDS).until(() -> ran.get() > before + 3);
    }
}
