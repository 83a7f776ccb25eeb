package avatarmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.Call;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.testing.Seed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code -Dchaos.avatars=3000} trainings that need five times the rate limit of 10 requests per second, over three
 * workers of which one at a time is killed or stopped: the rate holds for the cluster, each avatar has its turn, and
 * the overload is reported once. Runs for {@code -Dchaos.turns=4} turns of all avatars.
 */
final class FairShareChaos {
    private static final int AVATARS = Integer.getInteger("chaos.avatars", 3_000);
    private static final int RATE = 10;

    /** Ten seconds at the rate, and 5 %. */
    private static final int MOST_IN_TEN_SECONDS = 105;

    private static final int TURNS = Integer.getInteger("chaos.turns", 4);

    /** Trainings need five times the rate. */
    private static final Duration INTERVAL = Duration.ofMillis(AVATARS * 1_000L / RATE / 5);

    private static final Duration GO_EVERY = Duration.ofSeconds(30);
    private static final Duration AWAY = Duration.ofSeconds(5);

    /** All workers have counted the trainings again. */
    private static final Duration SETTLED = Duration.ofSeconds(60);

    @RegisterExtension
    private final Cluster cluster = Cluster.of(3)
            .checksEvery(INTERVAL)
            .with("fal.requests-per-second", "" + RATE)
            .with("fal.timeout", "5s");

    @Test
    void rateHoldsAndEveryAvatarHasItsTurn() {
        long seed = Seed.given();
        Random random = new Random(seed);
        cluster.trainings().handOver(AVATARS);
        cluster.start();
        cluster.awaitAllCheckedSince(Instant.EPOCH, INTERVAL.multipliedBy(5L * 2));
        Instant from = cluster.fal().now();
        Duration run = INTERVAL.multipliedBy(5L * TURNS);
        int gone = 0;
        while (cluster.fal().now().isBefore(from.plus(run))) {
            LockSupport.parkNanos(GO_EVERY.toNanos());
            Member member = cluster.member(random.nextInt(cluster.members().size()));
            if (random.nextBoolean()) {
                cluster.incidents().suspect(member.worker());
                member.kill();
            } else {
                member.stop();
            }
            gone++;
            LockSupport.parkNanos(AWAY.toNanos());
            member.start().awaitUp();
        }
        List<Call> calls = cluster.fal().calls(Op.STATUS);
        judgeTurns(calls.stream().filter(call -> call.at().isAfter(from)).toList(), from, gone, seed);

        Rates rates = new Rates(cluster.fal().calls());
        int most = rates.mostWithin(Duration.ofSeconds(10));
        System.out.println("FairShare most requests in 10 s=" + most + " allowed=" + MOST_IN_TEN_SECONDS
                + " busiest from " + rates.busiest(Duration.ofSeconds(10)));
        assertThat(most).isLessThanOrEqualTo(MOST_IN_TEN_SECONDS);

        List<String> told = cluster
                .avatars()
                .rows("SELECT CAST(detail AS text) AS detail FROM avatar_event WHERE type = 'rate_too_low'")
                .stream()
                .map(row -> String.valueOf(row.get("detail")))
                .toList();
        System.out.println("FairShare told " + told);
        assertThat(told).hasSize(1);
        assertThat(told.get(0)).contains("\"needed_per_second\":50.0", "\"allowed_per_second\":10");
        assertThat(cluster.avatars().rows("""
                        SELECT type, count(*) FROM avatar_event
                        WHERE type IN ('repaired', 'repair_runaway', 'gave_up') GROUP BY type""")).isEmpty();
    }

    /** One tenth has priority 10; the preferred ones are never stretched to less than their interval. */
    @Test
    void preferredAvatarsAreCheckedTwiceAsOftenAsOthers() {
        cluster.trainings().handOver(AVATARS);
        cluster.start();
        cluster.awaitAllCheckedSince(Instant.EPOCH, INTERVAL.multipliedBy(5L * 2));
        cluster.avatars().run("""
                UPDATE avatar_monitoring SET priority = 10 WHERE avatar_id IN (
                  SELECT avatar_id FROM avatar_monitoring ORDER BY avatar_id LIMIT %d)""".formatted(AVATARS / 10));
        Set<String> preferred =
                cluster.avatars().rows("SELECT fal_request_id FROM avatar_monitoring WHERE priority = 10").stream()
                        .map(row -> String.valueOf(row.get("fal_request_id")))
                        .collect(Collectors.toSet());
        LockSupport.parkNanos(SETTLED.toNanos());
        Instant from = cluster.fal().now();
        LockSupport.parkNanos(INTERVAL.multipliedBy(5L * TURNS).toNanos());
        Map<Boolean, Long> calls = cluster.fal().calls(Op.STATUS).stream()
                .filter(call -> call.at().isAfter(from))
                .collect(Collectors.partitioningBy(
                        call -> preferred.contains(String.valueOf(call.requestId())), Collectors.counting()));
        double ofPreferred = calls.getOrDefault(true, 0L) * 10.0 / AVATARS;
        double ofOthers = calls.getOrDefault(false, 0L) * 10.0 / (9 * AVATARS);
        System.out.printf(
                "FairShare priority: requests of each preferred=%.2f of each other=%.2f ratio=%.2f all=%s%n",
                ofPreferred, ofOthers, ofPreferred / ofOthers, calls);
        assertThat(ofPreferred / ofOthers).isBetween(1.8, 2.2);
        assertThat(cluster.avatars().rows("SELECT avatar_id FROM v_watched WHERE seconds_late > 61"))
                .as("late")
                .isEmpty();
    }

    private static void judgeTurns(List<Call> calls, Instant from, int gone, long seed) {
        Map<String, Instant> last = new HashMap<>();
        List<Duration> waits = new ArrayList<>();
        for (Call call : calls) {
            Instant before = last.put(String.valueOf(call.requestId()), call.at());
            if (before != null) {
                waits.add(Duration.between(before, call.at()));
            }
        }
        Instant end = calls.get(calls.size() - 1).at();
        // A wait that has not ended counts by what it has lasted so far.
        last.values().forEach(at -> waits.add(Duration.between(at, end)));
        List<Duration> ended = waits.subList(0, waits.size() - last.size());
        double mean = ended.stream().mapToLong(Duration::toMillis).average().orElse(0);
        double longest = waits.stream().mapToLong(Duration::toMillis).max().orElse(0);
        System.out.printf(
                "FairShare avatars=%d workers gone=%d seconds=%d requests=%d per second=%.2f mean wait=%.1f s longest=%.1f s ratio=%.2f seed=%d%n",
                last.size(),
                gone,
                Duration.between(from, end).toSeconds(),
                calls.size(),
                calls.size() * 1000.0 / Duration.between(from, end).toMillis(),
                mean / 1000,
                longest / 1000,
                longest / mean,
                seed);
        assertThat(last).as("avatars that had a turn").hasSize(AVATARS);
        assertThat(longest / mean).as("longest wait by the mean one").isLessThan(2);
    }
}
