package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Memory of one worker on the embedded database with 1,000 avatars in training: {@code VmRSS} of {@code
 * /proc/PID/status}, which counts heap, code, threads and mapped libraries that are in memory, read once all 1,000
 * are monitored and 1,000 checks were answered. With the JVM options of the README, {@code -XX:+UseSerialGC
 * -Xmx256m}: the default on a machine with two processors or more, G1, starts with a heap of 1/64 of the machine's
 * memory and lets it grow whenever pauses get long, whatever the program needs.
 */
final class ResourcesIT {
    private static final int TRAININGS = 1_000;
    /** Two busy cores need long for a thousand checks. */
    private static final Duration CHECKS_MAX = Duration.ofMinutes(3);

    private static final long RESIDENT_MAX = 300L << 20;

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.H2)
            .with("monitor.interval", "20s")
            .with("http.enabled", "true")
            .withJvmOptions("-XX:+UseSerialGC -Xmx256m");

    @Test
    void memoryStaysSmallWithAThousandAvatars() {
        site.write(avatars -> {
            for (int i = 0; i < TRAININGS; i++) {
                site.train(avatars, i % 2 == 0 ? "PORTRAIT" : "STYLE", Scenario.stalled(Course.Stall.IN_PROGRESS));
            }
        });
        WorkerProcess worker = site.startWorker();
        worker.awaitWhileAlive(
                CHECKS_MAX, () -> site.fal().calls(call -> call.code() != 0).size() >= TRAININGS);
        site.awaitDatabase(avatars -> avatars.count("SELECT count(*) FROM v_watched") == TRAININGS);
        long resident = worker.residentBytes();

        System.out.printf(
                "%d MB resident after checks of %d avatars in %d s%n",
                resident >> 20, TRAININGS, worker.age().toSeconds());
        assertThat(resident).isLessThan(RESIDENT_MAX);
    }
}
