package avatarmonitor.store.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class MigrationsTest {
    private static final int WORKERS = 4;

    private final TestDatabase kind;

    MigrationsTest(TestDatabase kind) {
        this.kind = kind;
    }

    @Test
    void secondRunChangesNothing() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            int pending = Migrations.pending(fresh.database()).size();
            assertThat(pending).isPositive();
            assertThat(Migrations.runCreatingAvatars(fresh.database())).isEqualTo(pending);
            assertThat(Migrations.pending(fresh.database())).isEmpty();
            assertThat(Migrations.run(fresh.database())).isZero();
        }
    }

    @RepeatedTest(3)
    void workersThatStartAtOnceMigrateOnce() throws Exception {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            int pending = Migrations.pending(fresh.database()).size();
            ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
            try {
                List<Future<Integer>> runs = new ArrayList<>();
                for (int i = 0; i < WORKERS; i++) {
                    runs.add(workers.submit(() -> {
                        try (Database own = Database.open(fresh.config())) {
                            return Migrations.runCreatingAvatars(own);
                        }
                    }));
                }
                int total = 0;
                for (Future<Integer> run : runs) {
                    total += run.get();
                }
                assertThat(total).isEqualTo(pending);
            } finally {
                workers.shutdown();
                assertThat(workers.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
            }
        }
    }

    @Test
    void lockRowsOfQuartzAreThereBeforeTheFirstWorker() {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            List<String> locks = Sql.rows(
                    fresh.database(),
                    "SELECT lock_name FROM qrtz_locks WHERE sched_name = 'avatar-monitor' ORDER BY 1");

            assertThat(locks).containsExactly("STATE_ACCESS", "TRIGGER_ACCESS");
        }
    }

    @Test
    void schemaThatANewerWorkerHasMigratedFurtherIsAccepted() {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Sql.run(fresh.database(), """
                    INSERT INTO avatar_monitor_schema_history
                      (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                    VALUES (99, '999', 'of the next version', 'SQL', 'V999__next.sql', 1, 'x', 1, true)
                    """);

            assertThat(Migrations.run(fresh.database())).isZero();
            assertThat(Migrations.pending(fresh.database())).isEmpty();
        }
    }

    @Test
    void migrationThatWasChangedAfterItRanIsRefused() {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Sql.run(fresh.database(), "UPDATE avatar_monitor_schema_history SET checksum = 1 WHERE version = '2'");

            assertThatThrownBy(() -> Migrations.run(fresh.database()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("checksum mismatch");
        }
    }
}
