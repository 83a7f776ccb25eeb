package avatarmonitor.store;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.testing.TestDatabase;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

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
            assertThat(Migrations.pending(fresh.database())).isNotEmpty();
            assertThat(Migrations.run(fresh.database())).isEqualTo(5);
            assertThat(Migrations.pending(fresh.database())).isEmpty();
            assertThat(Migrations.run(fresh.database())).isZero();
        }
    }

    @RepeatedTest(3)
    void workersThatStartAtOnceMigrateOnce() throws Exception {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
            try {
                List<Future<Integer>> runs = new ArrayList<>();
                for (int i = 0; i < WORKERS; i++) {
                    runs.add(workers.submit(() -> {
                        try (Database own = Database.open(fresh.config())) {
                            return Migrations.run(own);
                        }
                    }));
                }
                int total = 0;
                for (Future<Integer> run : runs) {
                    total += run.get();
                }
                assertThat(total).isEqualTo(5);
            } finally {
                workers.shutdown();
                assertThat(workers.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
            }
        }
    }

    @Test
    void lockRowsOfQuartzAreThereBeforeTheFirstWorker() {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            List<String> locks = fresh.database().read(connection -> {
                List<String> names = new ArrayList<>();
                try (Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery(
                                "SELECT lock_name FROM qrtz_locks WHERE sched_name = 'avatar-monitor' ORDER BY 1")) {
                    while (rows.next()) {
                        names.add(rows.getString(1));
                    }
                }
                return names;
            });
            assertThat(locks).containsExactly("STATE_ACCESS", "TRIGGER_ACCESS");
        }
    }
}
