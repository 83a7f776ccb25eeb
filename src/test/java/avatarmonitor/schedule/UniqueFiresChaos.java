package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.TriggerBuilder;
import org.quartz.spi.OperableTrigger;

/**
 * {@code -Dchaos.fires=...} by processes that are killed repeatedly: no slot of any trigger fires twice, and no trigger
 * stops firing.
 */
final class UniqueFiresChaos {
    private static final long FIRES = Long.getLong("chaos.fires", 1_000_000);
    private static final int TRIGGERS = 4_000;
    private static final int PROCESSES = 3;
    private static final Duration KILL_EVERY = Duration.ofSeconds(7);
    /** A machine that fires a tenth of what is due passes a trigger over for a minute now and then. */
    private static final Duration LAST_FIRES_MAX = Duration.ofMinutes(5);

    private static final Duration RUN_MAX = Duration.ofMinutes(15);

    @TempDir
    private Path directory;

    private final List<Process> processes = new ArrayList<>();
    private int starts;

    @Test
    void noTimeOfATriggerIsFiredTwice() throws Exception {
        long seed = Long.getLong("chaos.seed", System.nanoTime());
        System.out.println("UniqueFires seed=" + seed);
        Random random = new Random(seed);
        try (TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh()) {
            QuartzNode storing = Triggers.node(fresh.database(), "storing", (bundle, scheduler) -> context -> {});
            Triggers.store(storing, everySecond(), SHARED, NOTHING_MORE);
            StoreConfig store = fresh.config();
            for (int i = 0; i < PROCESSES; i++) {
                processes.add(start(store));
            }
            int kills = 0;
            Instant end = Instant.now().plus(RUN_MAX);
            while (lines() < FIRES && Instant.now().isBefore(end)) {
                Instant nextKill = Instant.now().plus(KILL_EVERY.dividedBy(2)).plusMillis(random.nextInt((int)
                        KILL_EVERY.toMillis()));
                await().atMost(KILL_EVERY.multipliedBy(3))
                        .until(() -> Instant.now().isAfter(nextKill));
                assertThat(processes).allMatch(Process::isAlive);
                int victim = random.nextInt(PROCESSES);
                processes.get(victim).destroyForcibly().waitFor();
                processes.set(victim, start(store));
                kills++;
            }
            // No trigger was lost: each fires again after the last kill.
            Instant afterKills = Instant.now();
            await().atMost(LAST_FIRES_MAX)
                    .until(() -> Triggers.count(
                                    fresh.database(), "qrtz_triggers", "prev_fire_time >= " + afterKills.toEpochMilli())
                            == TRIGGERS);
            processes.forEach(Process::destroyForcibly);
            assertNoneTwice(kills);
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
    }

    private void assertNoneTwice(int kills) throws IOException {
        Set<String> fired = new HashSet<>();
        List<String> twice = new ArrayList<>();
        long fires = 0;
        for (Path file : files()) {
            for (String line : Files.readAllLines(file)) {
                fires++;
                if (!fired.add(line)) {
                    twice.add(line);
                }
            }
        }
        System.out.println("UniqueFires fires=" + fires + " kills=" + kills + " twice=" + twice.size());
        assertThat(fires).isGreaterThanOrEqualTo(FIRES);
        assertThat(twice).isEmpty();
    }

    private Process start(StoreConfig store) throws IOException {
        starts++;
        String name = "fires-" + starts;
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FiringProcess.class.getName(),
                        store.url(),
                        store.user(),
                        name,
                        directory.resolve(name).toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile())
                .start();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> !file.toString().endsWith(".log")).toList();
        }
    }

    /** Lower bound: a line is at least as long as the shortest. */
    private long lines() throws IOException {
        long bytes = 0;
        for (Path file : files()) {
            bytes += size(file);
        }
        return bytes / ("every-second-0000 ".length() + 14);
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<OperableTrigger> everySecond() {
        return IntStream.range(0, TRIGGERS)
                .mapToObj(i -> (OperableTrigger) TriggerBuilder.newTrigger()
                        .withIdentity("every-second-%04d".formatted(i), "avatar")
                        .forJob(SHARED)
                        .startAt(Date.from(Instant.now().plusMillis(i % 1000)))
                        .withSchedule(SimpleScheduleBuilder.repeatSecondlyForever()
                                .withMisfireHandlingInstructionNextWithRemainingCount())
                        .build())
                .toList();
    }
}
