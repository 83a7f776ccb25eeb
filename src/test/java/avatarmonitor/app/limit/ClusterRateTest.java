package avatarmonitor.app.limit;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.limit.RateLimit.Grant;
import avatarmonitor.fal.limit.RateLimit.Lane;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The rate limit that processes share in their database. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class ClusterRateTest {
    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;

    ClusterRateTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    private ClusterRate worker(int requestsPerSecond) {
        return new ClusterRate(database, requestsPerSecond, () -> 0);
    }

    @Test
    void reservationsOfProcessesNeverOverlap() throws Exception {
        long began = System.nanoTime();
        List<CompletableFuture<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ClusterRate rate = worker(10);
            workers.add(Background.supply(() -> {
                int granted = 0;
                for (int j = 0; j < 30; j++) {
                    granted += rate.reserve(2, Lane.CHECK).count();
                }
                return granted;
            }));
        }
        int granted = 0;
        for (CompletableFuture<Integer> worker : workers) {
            granted += worker.get(60, TimeUnit.SECONDS);
        }
        // Five seconds ahead are 51 times; a slow machine has a few more meanwhile.
        int elapsed = (int) Duration.ofNanos(System.nanoTime() - began).toSeconds();
        assertThat(granted).isBetween(51, 61 + 10 * elapsed);
        Grant operator = worker(10).reserve(1, Lane.OPERATOR);
        assertThat(operator.count()).isEqualTo(1);
        assertThat(operator.delayNanos()).isLessThan(1_000_000_000L);
    }

    /** Otherwise a slow commit would shift the requests of this worker into the times of others. */
    @Test
    void timeThatPassesAfterTheReservationIsNotAddedToTheWait() {
        AtomicLong nanos = new AtomicLong();
        ClusterRate slow = new ClusterRate(database, 10, () -> nanos.getAndAdd(300_000_000));
        assertThat(slow.reserve(2, Lane.CHECK)).isEqualTo(new Grant(2, -300_000_000, 100_000_000));
        assertThat(slow.reserve(1, Lane.CHECK))
                .as("takes a time that comes after such a commit")
                .isEqualTo(new Grant(1, 0, 100_000_000));
    }

    @Test
    void deletedRowOrTimeOfAWrongClockDelaysNoRequest() {
        Sql.run(database, "DELETE FROM avatar_monitor_rate");
        assertThat(worker(10).reserve(1, Lane.CHECK).count()).isEqualTo(1);
        Sql.run(database, "UPDATE avatar_monitor_rate SET next_at = current_timestamp + INTERVAL '2' HOUR");
        assertThat(worker(10).reserve(1, Lane.CHECK)).isEqualTo(new Grant(1, 0, 100_000_000));
        assertThat(worker(10).reserve(1, Lane.CHECK).delayNanos()).isLessThanOrEqualTo(100_000_000);
    }
}
