package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.app.ProgressWatch.Evidence;
import avatarmonitor.config.Settings;
import avatarmonitor.config.SettingsLoader;
import avatarmonitor.store.StoreException;
import avatarmonitor.testing.QuartzRows;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * When a scheduler counts as stuck, and what happens to its worker. Samples come every five seconds, the limit is five
 * minutes.
 */
final class ProgressWatchTest {
    private static final Duration LATE = Duration.ofSeconds(20);

    /** Returns the seconds from the first sample until the worker is stuck; -1 when it is not within half an hour. */
    private static int stuckAfter(Looks looks) {
        Evidence evidence = new Evidence(ProgressWatch.STUCK_AFTER);
        long start = Long.MAX_VALUE - 1_000;
        for (int second = 0; second < 1_800; second += 5) {
            if (evidence.add(
                    start + Duration.ofSeconds(second).toNanos(),
                    looks.dueFor(second),
                    Duration.ofSeconds(looks.idle(second)))) {
                return second;
            }
        }
        return -1;
    }

    private interface Looks {
        Optional<Duration> dueFor(int second);

        /** No check has ended for long before the first sample. */
        default int idle(int second) {
            return 1_000 + second;
        }
    }

    @Test
    void checksThatStayDueWhileNoneEndsMeanThatItIsStuck() {
        assertThat(stuckAfter(second -> Optional.of(LATE))).isEqualTo(300);
    }

    @Test
    void triggersThatMoveToTheirNextSlotMeanwhileHideNothing() {
        // One avatar: late for 35 s of each minute, then moved.
        assertThat(stuckAfter(second -> Optional.of(Duration.ofSeconds(second % 60 < 35 ? second % 60 : 0))))
                .isBetween(300, 400);
    }

    @Test
    void nothingDueIsNoEvidence() {
        assertThat(stuckAfter(second -> Optional.of(Duration.ofSeconds(9)))).isEqualTo(-1);
        assertThat(stuckAfter(second -> Optional.of(second == 0 ? LATE : Duration.ZERO)))
                .as("one late check of an hourly interval")
                .isEqualTo(-1);
    }

    @Test
    void checkThatEndsIsProgressHoweverLateAllAre() {
        assertThat(stuckAfter(new Looks() {
                    @Override
                    public Optional<Duration> dueFor(int second) {
                        return Optional.of(Duration.ofHours(1));
                    }

                    @Override
                    public int idle(int second) {
                        return second % 280;
                    }
                }))
                .isEqualTo(-1);
    }

    @Test
    void databaseThatIsAwayOrTakesNoWritesVoidsWhatWasSeen() {
        assertThat(stuckAfter(second -> second % 290 == 0 ? Optional.empty() : Optional.of(LATE)))
                .isEqualTo(-1);
        assertThat(stuckAfter(second -> second == 200 ? Optional.empty() : Optional.of(LATE)))
                .isEqualTo(505);
    }

    @Test
    void sleepOfTheMachineIsNoTimeWithoutProgress() {
        Evidence evidence = new Evidence(ProgressWatch.STUCK_AFTER);
        for (int second = 0; second < 295; second += 5) {
            assertThat(evidence.add(Duration.ofSeconds(second).toNanos(), Optional.of(LATE), LATE.multipliedBy(99)))
                    .isFalse();
        }
        assertThat(evidence.add(Duration.ofHours(8).toNanos(), Optional.of(LATE), LATE.multipliedBy(9_999)))
                .isFalse();
    }

    @Test
    void stuckWorkerWritesAnEventAndEnds(@TempDir Path directory) {
        try (TestDatabase.Fresh fresh = TestDatabase.H2.fresh();
                Monitor monitor = Monitor.openExisting(settings(fresh, directory), InstantSource.system())) {
            AtomicInteger ended = new AtomicInteger();
            monitor.schedule().onFatalError(ended::incrementAndGet);
            AtomicLong now = new AtomicLong();
            AtomicBoolean broken = new AtomicBoolean();
            ProgressWatch.Source source = new ProgressWatch.Source(() -> true, () -> Duration.ofHours(1), () -> {
                if (broken.get()) {
                    throw new StoreException(new SQLException("away", "08006"));
                }
                return Optional.of(LATE);
            });
            ProgressWatch watch = new ProgressWatch(source, monitor, now::get);
            for (int look = 0; look < 60; look++) {
                watch.sample();
                now.addAndGet(Duration.ofSeconds(5).toNanos());
            }
            broken.set(true);
            assertThatThrownBy(watch::sample).isInstanceOf(StoreException.class);
            broken.set(false);
            assertThat(ended).hasValue(0);

            for (int look = 0; look <= 60; look++) {
                watch.sample();
                now.addAndGet(Duration.ofSeconds(5).toNanos());
            }

            assertThat(ended).hasValue(1);
            assertThat(monitor.schedule().hasFailed()).isTrue();
            assertThat(Sql.rows(fresh.database(), "SELECT type FROM avatar_event WHERE type = 'worker_stuck'"))
                    .hasSize(1);
        }
    }

    private static Settings settings(TestDatabase.Fresh fresh, Path directory) {
        return new SettingsLoader(Map.of("AVATAR_MONITOR_DB_URL", fresh.config().url()), directory, "w")
                .load(Optional.empty());
    }

    @ParameterizedTest
    @EnumSource(TestDatabase.class)
    void lockedTriggerIsNotDueForThisWorker(TestDatabase kind) {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Instant now = Instant.ofEpochSecond(10_000);
            DatabaseProbe probe = new DatabaseProbe(fresh.database(), "w1");
            assertThat(probe.checkDueFor(now)).isZero();
            Sql.run(fresh.database(), QuartzRows.STATUS_CHECK_JOB, QuartzRows.trigger("a", 9_970_000));
            assertThat(probe.checkDueFor(now)).isEqualTo(Duration.ofSeconds(30));

            Duration dueFor = fresh.database().inTransaction(connection -> {
                try (Statement lock = connection.createStatement()) {
                    lock.execute("SELECT 1 FROM qrtz_triggers WHERE trigger_name = 'a' FOR UPDATE");
                }
                return probe.checkDueFor(now);
            });

            assertThat(dueFor).isZero();
        }
    }
}
