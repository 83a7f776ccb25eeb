package avatarmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.testing.Sql;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A worker freezes, like a migrated virtual machine or a swapping process, and continues long after it was considered
 * dead.
 */
final class FreezeChaos {
    private static final int TRAININGS = 90;
    private static final Duration FROZEN = Duration.ofSeconds(40);

    /** Slows down the worker of one member while it holds the cluster lock, as long as it is switched on. */
    private static final String[] SLOW_LOCK_HOLDER = {"CREATE TABLE slow_lock_holder (place text)", """
        CREATE FUNCTION slow_lock_holder() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
          PERFORM pg_sleep(0.5) FROM slow_lock_holder WHERE place = current_setting('application_name');
          RETURN NEW;
        END
        $body$""", """
        CREATE TRIGGER slow_lock_holder BEFORE UPDATE ON qrtz_triggers
        FOR EACH ROW EXECUTE FUNCTION slow_lock_holder()"""};

    @RegisterExtension
    private final Cluster cluster =
            Cluster.of(3).checksEvery(Duration.ofSeconds(10)).with("fal.timeout", "4s");

    private final Member frozen = cluster.member(1);

    @Test
    void whatAFrozenWorkerHeldIsDoneByOthersAndNotAgainByItself() {
        begin();
        // Some of its requests are answered when it continues, after other workers have acted on newer answers.
        cluster.trainings().end(TRAININGS / 2, Duration.ofSeconds(4));
        cluster.awaitDatabase(Duration.ofSeconds(30), avatars -> isChecking());
        freezeAndThaw("frozen");
    }

    @Test
    void workerThatFreezesWithTheLockOfAllStopsThemForAShortTimeOnly() {
        begin();
        Sql.run(cluster.database(), "INSERT INTO slow_lock_holder VALUES ('" + frozen.name() + "')");
        cluster.awaitDatabase(
                Duration.ofSeconds(30),
                avatars -> avatars.count(
                                "SELECT count(*) FROM pg_stat_activity WHERE application_name = ? AND wait_event = 'PgSleep'",
                                frozen.name())
                        == 1);
        freezeAndThaw("frozen with the lock");
    }

    private void begin() {
        Sql.run(cluster.database(), SLOW_LOCK_HOLDER);
        cluster.fal().inject(Fault.delay(Duration.ofMillis(100), Duration.ofMillis(500)));
        cluster.trainings().handOver(TRAININGS);
        cluster.start();
        cluster.awaitChecks(1);
    }

    private boolean isChecking() {
        return cluster.avatars()
                        .count(
                                "SELECT count(*) FROM qrtz_fired_triggers WHERE instance_name LIKE ? AND state = 'EXECUTING'",
                                frozen.worker() + "-%")
                >= 2;
    }

    private void freezeAndThaw(String how) {
        Instant from = cluster.fal().now();
        cluster.incidents().suspect(frozen.worker());
        cluster.incidents().add(how, from, from.plus(Mishaps.OTHERS_GO_ON));
        frozen.freeze();
        Sql.run(cluster.database(), "DELETE FROM slow_lock_holder");
        Duration gone = cluster.awaitAllCheckedSince(from, Mishaps.OTHERS_GO_ON.plus(cluster.interval()));
        System.out.println("FreezeChaos " + how + ": all were checked again after " + gone);
        cluster.trainings().end(TRAININGS / 4, Duration.ofSeconds(10));
        LockSupport.parkNanos(FROZEN.minus(gone).toNanos());

        frozen.thaw();
        cluster.awaitChecksBy(frozen, cluster.fal().now(), Duration.ofSeconds(30));
        assertThat(frozen.process().isAlive()).isTrue();
        cluster.trainings().endAll(Duration.ofSeconds(3));
        Judge.judge(cluster, "FreezeChaos " + how, cluster.interval().plus(Cluster.NOISE));
    }
}
