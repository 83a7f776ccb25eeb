package avatarmonitor.store.migration;

import avatarmonitor.store.StoreException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retries migrations that need an exclusive table lock. While one waits for a reader such as a dump, all other
 * statements queue behind it; so it times out soon, lets them through and tries again.
 */
final class LockQueue {
    /** Lock timeout of a migration's statement. */
    static final Duration WAIT = Duration.ofSeconds(2);

    private static final Duration PAUSE = Duration.ofSeconds(3);

    /** Retries for about five minutes. */
    private static final int TRIES = 60;

    private static final String DEADLOCK = "40P01";
    private static final Set<String> LOCKED = Set.of(StoreException.LOCK_NOT_AVAILABLE, DEADLOCK);

    private static final Logger log = LoggerFactory.getLogger(LockQueue.class);

    private LockQueue() {}

    /** @throws StoreException when a table stayed locked for about five minutes: says what to do */
    static <T> T patiently(Supplier<T> migrations) {
        for (int attempt = 1; ; attempt++) {
            try {
                return migrations.get();
            } catch (FlywayException | StoreException e) {
                if (!isLocked(e)) {
                    throw e;
                }
                if (attempt == TRIES) {
                    throw lasting(e);
                }
                if (attempt == 1) {
                    log.warn("migration waits for a table lock held by another session; workers continue");
                }
                pause(e);
            }
        }
    }

    private static boolean isLocked(RuntimeException e) {
        return StoreException.sqlFailure(e)
                .filter(failure -> LOCKED.contains(String.valueOf(failure.getSQLState())))
                .isPresent();
    }

    private static void pause(RuntimeException e) {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw lasting(e);
        }
    }

    private static StoreException lasting(RuntimeException e) {
        return new StoreException(
                "migration failed: another session holds a table of avatar-monitor (pg_locks and pg_stat_activity show which,"
                        + " often a dump): wait for its end or end it, then try again",
                e);
    }
}
