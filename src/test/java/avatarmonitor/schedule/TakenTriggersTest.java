package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static avatarmonitor.schedule.Triggers.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.quartz.JobPersistenceException;
import org.quartz.TriggerKey;
import org.quartz.spi.JobFactory;
import org.quartz.spi.OperableTrigger;

/** Acquired triggers that are released, or removed by another process, before their jobs run. */
class TakenTriggersTest {
    private static final Duration STOP = Duration.ofSeconds(10);

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh();

    private final Database database = fresh.database();
    private final Set<String> fired = ConcurrentHashMap.newKeySet();
    private final JobFactory noting = (bundle, scheduler) ->
            context -> fired.add(context.getTrigger().getKey().getName());

    private long waiting(String how) {
        return Triggers.count(
                database, "pg_stat_activity", "datname = current_database() AND wait_event_type = 'Lock' AND " + how);
    }

    private static boolean remove(QuartzNode node, TriggerKey key) {
        try {
            return node.jobStore().removeTrigger(key);
        } catch (JobPersistenceException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Quartz stores an acquired trigger again when it fires. */
    @Test
    void triggerThatQuartzHasAcquiredStaysRemoved() throws Exception {
        QuartzNode single = Triggers.singleNode(database, "single", noting);
        QuartzNode batch = Triggers.node(database, "batch", noting);
        OperableTrigger one = Triggers.everyMinute("one", Instant.now().plusSeconds(2));
        Triggers.store(single, List.of(one), SHARED, NOTHING_MORE);
        CompletableFuture<Boolean> removed;
        try (Connection other = database.pool().getConnection();
                Statement statement = other.createStatement()) {
            // A fire of the trigger waits for the lock that this session holds.
            other.setAutoCommit(false);
            statement.execute("""
                    CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$;
                    CREATE TRIGGER wait_for_test BEFORE UPDATE ON qrtz_fired_triggers
                      FOR EACH ROW EXECUTE FUNCTION wait_for_test()""");
            other.commit();
            statement.execute("SELECT pg_advisory_xact_lock(1)");
            single.start();
            patiently().until(() -> waiting("query LIKE 'UPDATE QRTZ_FIRED%'") == 1);
            removed = Background.supply(() -> remove(batch, one.getKey()));
            patiently().until(() -> removed.isDone() || waiting("query LIKE '%QRTZ_LOCKS%'") > 0);
            other.rollback();
        }
        patiently().until(() -> fired.contains("one"));

        assertThat(removed.get(STOP.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(Triggers.count(database, "qrtz_triggers", "true")).isZero();
        single.stop(STOP);
        batch.stop(STOP);
    }
}
