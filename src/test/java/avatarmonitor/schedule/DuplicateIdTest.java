package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static avatarmonitor.schedule.Triggers.patiently;
import static avatarmonitor.testing.Latches.awaitLatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two workers never share an instance id: the second is refused, and where a running one detects a copy of itself both
 * end.
 */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
class DuplicateIdTest {
    private static final String ID = "same-12345678";

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private final AtomicInteger fired = new AtomicInteger();
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private QuartzNode node;

    DuplicateIdTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    @BeforeEach
    void build() throws Exception {
        node = Triggers.quickNode(database, ID, (bundle, scheduler) -> context -> run(), ScheduleConfig.Firing.SINGLE);
    }

    @AfterEach
    void close() throws Exception {
        mayEnd.countDown();
        node.stop(Duration.ofSeconds(5));
        fresh.close();
    }

    /** A job that runs until the test ends, so that its worker holds a firing as long as the test needs. */
    private void run() {
        fired.incrementAndGet();
        awaitLatch(mayEnd);
    }

    @Test
    void idThatStandsInTheListOfWorkersIsRefused() throws Exception {
        node.start();
        QuartzNode second = Triggers.quickNode(database, ID, (bundle, scheduler) -> context -> {});

        assertThatThrownBy(() -> Nodes.start(second))
                .isInstanceOf(ScheduleException.class)
                .hasMessageContaining(ID)
                .hasMessageContaining("start this one again");
        second.stop(Duration.ofSeconds(1));
        assertThat(Triggers.count(database, "qrtz_scheduler_state", "true"))
                .as("the first one is left alone")
                .isEqualTo(1);
    }

    @Test
    void secondOfTwoThatStartAtOnceGivesBackNothingOfTheFirst() throws Exception {
        Triggers.store(node, Triggers.many(3, Instant.now()), SHARED, NOTHING_MORE);
        node.start();
        patiently().until(() -> fired.get() == 3);
        QuartzNode second = Triggers.quickNode(database, ID, (bundle, scheduler) -> context -> {});
        // As if it had checked a moment before the first one checked in.
        second.scheduler().start();

        assertThat(second.fatal().happened()).isTrue();
        second.stop(Duration.ofSeconds(2));
        assertThat(Triggers.count(database, "qrtz_fired_triggers", "instance_name = '" + ID + "'"))
                .isPositive();
        assertThat(Triggers.count(database, "qrtz_scheduler_state", "true")).isEqualTo(1);
        assertThat(node.fatal().happened()).isFalse();
    }

    @Test
    void runningWorkerEndsWhenItFindsACopyOfItselfAndLeavesItsRowsAlone() throws Exception {
        CountDownLatch died = new CountDownLatch(1);
        QuartzNode copied = Triggers.quickNode(
                database, "copied", (bundle, scheduler) -> context -> run(), ScheduleConfig.Firing.SINGLE);
        Triggers.store(copied, Triggers.many(2, Instant.now()), SHARED, NOTHING_MORE);
        copied.fatal().tell(died::countDown);
        copied.start();
        patiently().until(() -> fired.get() == 2);

        // Simulates the copy: it writes its own time each time after this one did.
        long twin = 1_000;
        for (long now = Triggers.lastCheckIn(database); died.getCount() > 0; now = Triggers.lastCheckIn(database)) {
            if (now != twin) {
                twin++;
                Triggers.change(
                        database,
                        "UPDATE qrtz_scheduler_state SET last_checkin_time = " + twin
                                + " WHERE instance_name = 'copied'");
            }
            assertThat(twin).as("check-ins until it notices").isLessThan(1_010);
        }
        copied.stop(Duration.ofSeconds(2));

        assertThat(Triggers.count(database, "qrtz_fired_triggers", "instance_name = 'copied'"))
                .as("firings, which may be the twin's")
                .isPositive();
        assertThat(Triggers.lastCheckIn(database))
                .as("by this the twin sees it too")
                .isGreaterThan(twin);
        assertThat(fired).hasValue(2);
    }

    @Test
    void rowThatWasSetBackOnceStopsNoWorker() throws Exception {
        node.start();
        for (int round = 0; round < 2; round++) {
            long before = Triggers.lastCheckIn(database);
            Triggers.change(database, "UPDATE qrtz_scheduler_state SET last_checkin_time = 1000");
            patiently().until(() -> Triggers.lastCheckIn(database) > before);
            long after = Triggers.lastCheckIn(database);
            patiently().until(() -> Triggers.lastCheckIn(database) > after);
        }
        assertThat(node.fatal().happened()).isFalse();
    }
}
