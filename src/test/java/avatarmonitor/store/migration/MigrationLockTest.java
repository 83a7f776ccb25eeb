package avatarmonitor.store.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class MigrationLockTest {
    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh();

    @Test
    void whoWaitsForAnotherMigratorTellsWhoThatIsAndLeavesNoLock() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(MigrationLock.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        logger.addAppender(lines);
        StoreConfig config = fresh.config();
        // Without anything to do it would not wait.
        Sql.run(fresh.database(), "DROP VIEW v_future_times");
        CompletableFuture<Integer> waiting;
        try (Connection other = DriverManager.getConnection(
                        config.url() + "?ApplicationName=other-migrator", config.user(), config.password());
                Statement statement = other.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(hashtext('avatar-monitor migration'))");
            waiting = Background.supply(() -> Migrations.run(fresh.database()));
            await().atMost(Duration.ofSeconds(60)).until(() -> lines.list.size() == 1);
            assertThat(waiting).isNotDone();
        } finally {
            logger.detachAppender(lines);
        }

        assertThat(waiting.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(lines.list.get(0).getFormattedMessage())
                .matches("migration waits for another one to end timeout_s=300 pid=[0-9]+ application=other-migrator"
                        + " client=127\\.0\\.0\\.1 since=20[^ ]+Z");
        assertThat(Sql.rows(
                        fresh.database(),
                        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
                                + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"))
                .isEmpty();
    }
}
