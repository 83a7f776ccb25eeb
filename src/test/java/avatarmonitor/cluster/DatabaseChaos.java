package avatarmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.testing.Sql;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Common failures of the database. Workers recover by themselves, and none is considered dead meanwhile. */
final class DatabaseChaos {
    private static final int TRAININGS = 120;
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("chaos.outage.seconds", 60));

    /** Longest time until every avatar has been checked again after an outage. */
    private static final Duration BACK = Duration.ofSeconds(90);

    private static final Duration FULL = Duration.ofSeconds(20);
    private static final Duration KILLING = Duration.ofSeconds(6);
    private static final Duration HOLE = Duration.ofSeconds(30);

    @RegisterExtension
    private final Cluster cluster =
            Cluster.of(3).checksEvery(Duration.ofSeconds(10)).with("fal.timeout", "5s");

    @Test
    void everyAvatarIsCheckedAgainSoonAfterTheServerWasDown() {
        begin();
        Instant down = cluster.fal().now();
        cluster.server().stop();
        LockSupport.parkNanos(OUTAGE.toNanos());
        cluster.server().start();
        Instant up = cluster.fal().now();
        cluster.incidents().add("outage", down, up.plus(BACK).minus(cluster.interval()));
        Duration back = cluster.awaitAllCheckedSince(up, BACK);
        System.out.println("DatabaseChaos outage=" + OUTAGE + ": all were checked again after " + back);
        end("outage of " + OUTAGE);
        for (Member member : cluster.members()) {
            assertThat(member.process().output()).doesNotContain("failed or restarted instances");
        }
    }

    @Test
    void workersConnectAgainWhenTheirSessionsAreKilled() {
        begin();
        Instant from = cluster.fal().now();
        long until = System.nanoTime() + KILLING.toNanos();
        while (System.nanoTime() < until) {
            killSessions("application_name = '" + cluster.member(0).name() + "'");
            LockSupport.parkNanos(Duration.ofMillis(300).toNanos());
        }
        Instant over = cluster.fal().now();
        cluster.incidents().add("sessions killed", from, over.plus(Cluster.DETECTION));
        cluster.awaitChecksBy(cluster.member(0), over, cluster.interval().plus(Mishaps.AFTER_SERVER_RESTART));
        end("killed sessions");
    }

    @Test
    void workersComeBackToAServerThatWasFull() {
        begin();
        Instant from = cluster.fal().now();
        try (FullServer full = FullServer.fill(cluster.server())) {
            long until = System.nanoTime() + FULL.toNanos();
            while (System.nanoTime() < until) {
                full.throwOut();
                LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
            }
        }
        Instant over = cluster.fal().now();
        cluster.incidents().add("server full", from, over.plus(Mishaps.AFTER_SERVER_RESTART));
        System.out.println(
                "DatabaseChaos full server: all were checked again after " + cluster.awaitAllCheckedSince(over, BACK));
        end("full server");
    }

    @Test
    void workerWhoseNetworkSwallowsEverythingComesBack() {
        begin();
        Member lonely = cluster.member(1);
        Instant from = cluster.fal().now();
        cluster.incidents().suspect(lonely.worker());
        cluster.incidents().add("black hole", from, from.plus(Mishaps.OTHERS_GO_ON));
        lonely.network().swallowEverything();
        Duration gone = cluster.awaitAllCheckedSince(from, Mishaps.OTHERS_GO_ON.plus(cluster.interval()));
        System.out.println("DatabaseChaos black hole: all were checked again after " + gone);
        LockSupport.parkNanos(HOLE.minus(gone).toNanos());
        lonely.network().letThrough();
        cluster.awaitChecksBy(lonely, cluster.fal().now(), Duration.ofSeconds(45));
        end("black hole");
    }

    private void begin() {
        cluster.trainings().handOver(TRAININGS);
        cluster.start();
        cluster.awaitChecks(1);
    }

    private void end(String what) {
        cluster.trainings().endAll(Duration.ofSeconds(5));
        Judge.judge(cluster, "DatabaseChaos " + what, cluster.interval().plus(Cluster.NOISE));
    }

    private void killSessions(String which) {
        Sql.rows(cluster.database(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE " + which);
    }
}
