package avatarmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.Call;
import avatarmonitor.emulator.http.Effect;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.testing.Seed;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three worker processes while fal limits the rate, refuses the key, locks the account, does not have an endpoint or
 * fails every second request, and then works again; {@code -Dchaos.sequences=...} of them. The rate of the whole
 * cluster holds throughout, the catching up afterwards included. {@code app.RandomRefusals} plays hours of the same by
 * the emulator's clock.
 *
 * <p>A sequence mostly waits for the end of a pause. {@code -Dchaos.clusters=4} clusters, each with a server and a fal
 * queue of its own, play the sequences side by side.
 */
@Execution(ExecutionMode.CONCURRENT)
final class RefusalsChaos {
    private static final int CLUSTERS = Integer.getInteger("chaos.clusters", 1);
    private static final int SEQUENCES = Integer.getInteger("chaos.sequences", 20) / CLUSTERS;
    private static final long SEED = Seed.given();
    private static final int TRAININGS = 240;
    private static final int RATE = 20;

    /** Ten seconds at the rate, and 5 %. */
    private static final int MOST_IN_TEN_SECONDS = 210;

    /**
     * Each worker may have ten requests under way when the first is refused, and sends one probe a minute afterwards.
     */
    private static final int REFUSED_MOST = 3 * 10 + 3;

    /** A probe each minute, and the backoff of avatars. */
    private static final Duration WELL_WITHIN = Duration.ofMinutes(3);

    /** A scan each minute finds trainings of which no worker was notified. */
    private static final Duration FOUND_WITHIN = Duration.ofMinutes(3);

    private static final CountDownLatch STARTED = new CountDownLatch(CLUSTERS);
    private static final Duration STARTED_WITHIN = Duration.ofMinutes(5);

    private static final Duration TICK = Duration.ofMillis(500);

    @RegisterExtension
    private final Cluster cluster = Cluster.of(3)
            .checksEvery(Duration.ofSeconds(15))
            .with("fal.requests-per-second", "" + RATE)
            .with("fal.timeout", "5s");

    private enum Kind {
        RATE_LIMITED,
        KEY_REFUSED,
        ACCOUNT_LOCKED,
        ENDPOINT_UNKNOWN,
        HALF_FAILS
    }

    static LongStream seeds() {
        return LongStream.range(SEED, SEED + CLUSTERS);
    }

    /** @param seed the given one, and those after it for further clusters */
    @ParameterizedTest
    @MethodSource("seeds")
    void rateHoldsEveryAvatarEndsRightAndEachPauseEnds(long seed) {
        Random random = new Random(seed);
        startInTurn();
        cluster.trainings().handOver(TRAININGS);
        cluster.awaitAllCheckedSince(Instant.EPOCH, FOUND_WITHIN);
        Map<Kind, Integer> seen = new EnumMap<>(Kind.class);
        int refusedMost = 0;
        Duration wellMost = Duration.ZERO;
        for (int i = 0; i < SEQUENCES; i++) {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            seen.merge(kind, 1, Integer::sum);
            Instant from = cluster.fal().now();
            Duration lasts = Duration.ofMillis(1_500 + random.nextInt(8_500));
            // Some end while fal refuses, and some when it is well again.
            cluster.trainings().end(TRAININGS / 2 / SEQUENCES, lasts.multipliedBy(2));
            befall(kind, lasts, random);
            cluster.fal().clearFaults();
            Instant well = cluster.fal().now();
            await().atMost(WELL_WITHIN).pollInterval(Duration.ofMillis(200)).until(() -> pauses() == 0);
            Duration took = Duration.between(well, cluster.fal().now());
            wellMost = took.compareTo(wellMost) > 0 ? took : wellMost;
            List<Call> refused =
                    cluster.fal().calls(call -> call.at().isAfter(from) && (call.code() == 401 || call.code() == 403));
            assertThat(refused).as("%s of seed %d", kind, seed).hasSizeLessThanOrEqualTo(REFUSED_MOST);
            refusedMost = Math.max(refusedMost, refused.size());
            // The backoff of an avatar lasts at most ten fires, with jitter.
            cluster.incidents()
                    .add(
                            kind.name(),
                            from,
                            well.plus(took).plus(cluster.interval().multipliedBy(13)));
        }
        judgeRate(seed, refusedMost, wellMost);
        cluster.trainings().endAll(Duration.ofSeconds(10));
        Judge.judge(
                cluster,
                "Refusals " + seen + " seed=" + seed,
                cluster.interval().plus(Cluster.NOISE));
        judgeRate(seed, refusedMost, wellMost);
        assertThat(pauses()).isZero();
        assertThat(cluster.avatars().rows("SELECT type FROM avatar_event WHERE type IN ('gave_up', 'invalid')"))
                .isEmpty();
    }

    /**
     * Starts the workers of one cluster after those of another, and returns when all run: many JVMs that start at the
     * same time would leave workers that run already no processor time.
     */
    private void startInTurn() {
        synchronized (STARTED) {
            cluster.start();
            STARTED.countDown();
        }
        try {
            assertThat(STARTED.await(STARTED_WITHIN.toSeconds(), TimeUnit.SECONDS))
                    .as("all clusters started")
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void judgeRate(long seed, int refusedMost, Duration wellMost) {
        Rates rates = new Rates(cluster.fal().calls());
        int most = rates.mostWithin(Duration.ofSeconds(10));
        System.out.println("Refusals seed=" + seed + " requests=" + rates.requests() + " most in 10 s=" + most
                + " allowed=" + MOST_IN_TEN_SECONDS + " refused requests of one sequence at most=" + refusedMost
                + " polling again after at most=" + wellMost + " busiest from "
                + rates.busiest(Duration.ofSeconds(10)));
        assertThat(most).isLessThanOrEqualTo(MOST_IN_TEN_SECONDS);
    }

    private void befall(Kind kind, Duration lasts, Random random) {
        switch (kind) {
            case RATE_LIMITED ->
                cluster.fal()
                        .inject(Fault.rateLimited(
                                Duration.ofSeconds(1 + random.nextInt(20)), Effect.RetryAfter.SECONDS));
            case KEY_REFUSED -> cluster.fal().inject(Fault.unauthorized());
            case ACCOUNT_LOCKED -> cluster.fal().inject(Fault.locked());
            case ENDPOINT_UNKNOWN -> ofOneType(random.nextBoolean());
            case HALF_FAILS -> {}
        }
        for (Duration passed = Duration.ZERO; passed.compareTo(lasts) < 0; passed = passed.plus(TICK)) {
            if (kind == Kind.HALF_FAILS) {
                halfFails(random);
            }
            LockSupport.parkNanos(TICK.toNanos());
        }
    }

    private void ofOneType(boolean style) {
        cluster.trainings().all().stream()
                .filter(training -> training.style() == style)
                .forEach(training -> cluster.fal()
                        .inject(Fault.applicationNotFound("fal-ai/gone").of(training.request())));
    }

    /** Another half of the trainings each time. */
    private void halfFails(Random random) {
        cluster.fal().clearFaults();
        for (Training training : cluster.trainings().all()) {
            if (random.nextBoolean()) {
                cluster.fal().inject((random.nextBoolean() ? Fault.badGateway() : Fault.drop()).of(training.request()));
            }
        }
    }

    /** Workers whose last event about pauses or about endpoints is no end of it. */
    private int pauses() {
        return cluster.avatars().count("""
                SELECT count(*) FROM (
                  SELECT DISTINCT ON (worker, type LIKE 'fal%') type FROM avatar_event
                  WHERE type IN ('fal_paused', 'fal_resumed', 'endpoint_unknown', 'endpoint_known')
                  ORDER BY worker, type LIKE 'fal%', id DESC) last
                WHERE type IN ('fal_paused', 'endpoint_unknown')""");
    }
}
