package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.Call;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Resources of one worker on the embedded database with 1,000 avatars in training.
 *
 * <p>Start: from the creation of the process to the first request at the local fal queue. The documented limit is 3 s
 * on an idle machine; here the machine may be busy, hence the wider bound.
 *
 * <p>Memory: {@code VmRSS} of {@code /proc/PID/status}, which counts heap, code, threads and mapped libraries that are
 * in memory, read once all 1,000 are monitored and 1,000 checks were answered. With the JVM options of the README,
 * {@code -XX:+UseSerialGC -Xmx256m}: the default on a machine with two processors or more, G1, starts with a heap of
 * 1/64 of the machine's memory and lets it grow whenever pauses get long, whatever the program needs.
 */
final class ResourcesIT {
    private static final int TRAININGS = 1_000;
    private static final Duration FIRST_CHECK_MAX = Duration.ofSeconds(15);
    /** Two busy cores need long for a thousand checks. */
    private static final Duration CHECKS_MAX = Duration.ofMinutes(3);

    private static final long RESIDENT_MAX = 300L << 20;

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.H2)
            .with("monitor.interval", "20s")
            .with("http.enabled", "true")
            .withJvmOptions("-XX:+UseSerialGC -Xmx256m");

    @Test
    void firstCheckComesSoonAndMemoryStaysSmallWithAThousandAvatars() {
        site.write(avatars -> {
            for (int i = 0; i < TRAININGS; i++) {
                site.train(avatars, i % 2 == 0 ? "PORTRAIT" : "STYLE", Scenario.stalled(Course.Stall.IN_PROGRESS));
            }
        });
        Instant started = site.fal().now();
        WorkerProcess worker = site.startWorker();
        worker.awaitWhileAlive(
                CHECKS_MAX, () -> site.fal().calls(call -> call.code() != 0).size() >= TRAININGS);
        site.awaitDatabase(avatars -> avatars.count("SELECT count(*) FROM v_watched") == TRAININGS);
        long resident = worker.residentBytes();

        List<Call> calls = site.fal().calls(Op.STATUS);
        Duration firstCheck = Duration.between(started, calls.get(0).at());
        System.out.printf(
                "first check after %d ms; %d MB resident after %d checks of %d avatars in %d s%n",
                firstCheck.toMillis(),
                resident >> 20,
                calls.size(),
                TRAININGS,
                worker.age().toSeconds());
        assertThat(firstCheck).isLessThan(FIRST_CHECK_MAX);
        assertThat(resident).isLessThan(RESIDENT_MAX);
    }
}
