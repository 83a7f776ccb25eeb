package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Descriptions of what prevents a worker from writing on PostgreSQL. */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"POSTGRESQL_15", "POSTGRESQL_18"})
final class DatabaseProbeTest {
    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final DatabaseProbe probe;

    DatabaseProbeTest(TestDatabase kind) {
        fresh = kind.fresh();
        probe = new DatabaseProbe(fresh.database(), "w1");
    }

    @Test
    void lockedTableIsNamedBeforeASupervisorGivesUp() {
        // A supervisor waits 2 s; the rest of the time below allows for a busy machine; without the limit the wait
        // would never end.
        assertThat(DatabaseProbe.STEP_MAX).isEqualTo(Duration.ofSeconds(1));
        for (String table : new String[] {"qrtz_triggers", "avatars", "avatar_monitoring"}) {
            for (String mode : new String[] {"ACCESS EXCLUSIVE", "SHARE"}) {
                String said = fresh.database().inTransaction(connection -> {
                    try (var lock = connection.createStatement()) {
                        lock.execute("LOCK TABLE " + table + " IN " + mode + " MODE");
                    }
                    long began = System.nanoTime();
                    Optional<String> trouble = probe.trouble();
                    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
                    return trouble.orElse("ready");
                });
                assertThat(said).isEqualTo("the table " + table + " is locked");
            }
        }
        assertThat(probe.trouble()).isEmpty();
    }

    @Test
    void readOnlyDatabaseIsSaid() {
        String name = Sql.rows(fresh.database(), "SELECT current_database()").get(0);
        Sql.run(fresh.database(), "ALTER DATABASE " + name + " SET default_transaction_read_only = on");
        try (var again = Database.openExisting(fresh.config())) {
            assertThat(new DatabaseProbe(again, "w1").trouble()).contains("the database is read-only");
        }
    }
}
