package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.Course;
import avatarmonitor.emulator.Scenario;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of the application with a megabyte where a word is expected, more of them than fit into the memory of a worker. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
final class LongTextIT {
    private static final int ROWS = 200;

    @RegisterExtension
    private final Site site;

    LongTextIT(TestDatabase kind) {
        site = Site.onEmpty(kind).withJvmOptions("-Xmx300m").with("reconcile.scan-interval", "2s");
    }

    @ParameterizedTest
    @ValueSource(ints = 1_000_000)
    void trainingsAreMonitoredAndListedInASmallHeap(int length) {
        site.write(avatars -> {
            avatars.run("CREATE TABLE avatars (id uuid PRIMARY KEY, name text, training_type text, status text,"
                    + " fal_request_id text, training_started_at timestamp with time zone, training_error text)");
            for (int i = 0; i < ROWS; i++) {
                site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS));
            }
            avatars.run("UPDATE avatars SET name = repeat('n', " + length + ")");
            avatars.run("UPDATE avatars SET training_error = name");
            site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS));
        });
        WorkerProcess worker = site.startWorker().awaitStarted();

        site.awaitDatabase(avatars -> avatars.count("SELECT count(*) FROM v_watched WHERE checks > 1") == ROWS + 1);
        site.write(avatars -> avatars.run("UPDATE avatars SET status = 'CANCELLED' WHERE name IS NOT NULL"));
        site.awaitDatabase(avatars -> avatars.count("SELECT count(*) FROM v_watched") == 1);

        for (String list : new String[] {"--watched", "--ended"}) {
            WorkerProcess command =
                    list.equals("--watched") ? site.run("list", "--json") : site.run("list", list, "--json");
            assertThat(command.exitCode(Duration.ofSeconds(60)))
                    .as(command::output)
                    .isZero();
            assertThat(command.output().length()).isLessThan(1_000_000);
        }
        assertThat(worker.output()).doesNotContain("OutOfMemory", "lack of memory");
        assertThat(worker.isAlive()).isTrue();
    }
}
