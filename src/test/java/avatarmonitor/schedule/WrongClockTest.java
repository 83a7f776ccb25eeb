package avatarmonitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.store.ClockException;
import avatarmonitor.store.clock.ClockSkewDetector;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A worker whose clock is set while it runs does nothing by it, and continues when the clock is right again. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class WrongClockTest {
    private static final List<Duration> STEPS = List.of(
            Duration.ofHours(1),
            Duration.ofHours(25),
            Duration.ofHours(-2),
            Duration.ofMinutes(-1),
            Duration.ofSeconds(3));

    private static final String SCHEDULE = """
            SELECT t.trigger_name, t.next_fire_time, t.start_time, t.end_time, t.priority, s.repeat_count, s.times_triggered
            FROM qrtz_triggers t JOIN qrtz_simple_triggers s
              ON s.trigger_name = t.trigger_name AND s.trigger_group = t.trigger_group
            WHERE t.trigger_name NOT LIKE 'start-%' ORDER BY t.trigger_name""";

    private final TestDatabase.Fresh fresh;
    private final Avatars avatars;
    private volatile Duration ahead = Duration.ZERO;
    private final InstantSource wall = () -> InstantSource.system().instant().plus(ahead);
    private final ClockSkewDetector guard;
    private final ScriptedFal fal = new ScriptedFal();
    private final ClusterNode node;
    private final List<AvatarId> ids = new ArrayList<>();

    WrongClockTest(TestDatabase kind) {
        fresh = kind.fresh();
        avatars = new Avatars(fresh.database());
        // Treats the database as one with its own clock.
        guard = new ClockSkewDetector(Dialect.H2, wall, System::nanoTime, () -> Duration.ZERO);
        node = new ClusterNode(fresh.config(), fal, guard, StalledAction.ERROR);
        for (int i = 0; i < 5; i++) {
            ids.add(avatars.training("PORTRAIT", "r-" + i, Instant.now()));
        }
    }

    @AfterEach
    void close() throws InterruptedException {
        node.close();
        fresh.close();
    }

    @Test
    void nothingFiresMovesOrEndsByAWrongClockAndAllGoesOnAfterwards() {
        node.start();
        awaitChecks(Instant.now());
        // A reconcile that a jump interrupts has failed and says so.
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        avatars.count("SELECT count(*) FROM qrtz_triggers WHERE trigger_name LIKE 'start-%'") == 0);
        for (Duration step : STEPS) {
            ahead = step;
            node.schedule.wakeScheduler();
            assertThat(guard.isOpen()).isFalse();
            awaitQuiet();
            var before = avatars.rows(SCHEDULE);
            // Longer than the search for overdue triggers, and than any wait for the next due trigger.
            Instant until = Instant.now().plusSeconds(step.equals(STEPS.get(0)) ? 6 : 1);
            await().until(() -> Instant.now().isAfter(until));
            assertThat(avatars.rows(SCHEDULE)).isEqualTo(before);
            assertThat(node.scanner.runInTurn()).isEmpty();
            assertThatThrownBy(node.scanner::run).isInstanceOf(ClockException.class);
            assertThatThrownBy(node.reconciler::run).isInstanceOf(ClockException.class);
            ahead = Duration.ZERO;
            assertThat(guard.isOpen()).isTrue();
            node.schedule.wakeScheduler();
            awaitChecks(Instant.now());
        }
        assertThat(avatars.count("SELECT count(*) FROM avatars WHERE status <> 'TRAINING'"))
                .isZero();
        assertThat(avatars.rows("SELECT * FROM avatar_event WHERE type NOT IN ('watching')"))
                .isEmpty();
        assertThat(avatars.count(
                        "SELECT count(*) FROM qrtz_triggers WHERE next_fire_time > ?",
                        Instant.now().plus(Duration.ofMinutes(61)).toEpochMilli()))
                .isZero();
    }

    /** Waits until running checks have ended and what was selected before the jump is written. */
    private void awaitQuiet() {
        AtomicReference<Object> last = new AtomicReference<>();
        await().atMost(Duration.ofSeconds(60)).during(Duration.ofSeconds(1)).until(() -> {
            Object now = avatars.rows(SCHEDULE);
            return avatars.count("SELECT count(*) FROM qrtz_fired_triggers") == 0 && now.equals(last.getAndSet(now));
        });
    }

    private void awaitChecks(Instant since) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> avatars.count(
                                "SELECT count(*) FROM qrtz_triggers WHERE trigger_group = 'avatar' AND prev_fire_time > ?",
                                since.toEpochMilli())
                        == ids.size());
    }
}
