package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rows of the application with a megabyte of text as the name, more than fit into a worker's memory. */
final class LongTextIT {
    private static final int ROWS = 200;

    @RegisterExtension
    private final Site site = Site.onEmpty(TestDatabase.POSTGRESQL_18)
            .withJvmOptions("-Xmx300m")
            .without("monitor.interval")
            .without("fal.timeout")
            .without("cluster.check-in-interval");

    @Test
    void trainingsAreMonitoredAndListedInASmallHeap() {
        site.write(avatars -> {
            avatars.run("CREATE TABLE avatars (id uuid PRIMARY KEY, name text, training_type text, status text,"
                    + " fal_request_id text, training_started_at timestamp with time zone, training_error text)");
            for (int i = 0; i < ROWS; i++) {
                site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS));
            }
            avatars.run("UPDATE avatars SET name = repeat('n', 1000000), training_error = repeat('e', 1000000)");
            site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS));
        });
        WorkerProcess worker = site.startWorker().awaitStarted();

        site.awaitDatabase(avatars -> avatars.count("SELECT count(*) FROM avatar_event WHERE type = 'watching'"
                                + " AND avatar_id = (SELECT id FROM avatars WHERE training_error IS NULL)")
                        == 1
                && avatars.count("SELECT count(*) FROM v_watched") == ROWS + 1);
        WorkerProcess list = site.run("list", "--limit", "1000", "--json");
        assertThat(list.exitCode(Duration.ofSeconds(60))).as(list::output).isZero();
        assertThat(list.output().length()).isBetween(10_000, 1_000_000);
        assertThat(worker.output()).doesNotContain("OutOfMemory", "lack of memory");
        assertThat(worker.isAlive()).isTrue();
    }
}
