package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.emulator.http.Effect;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Listing;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.hint.HintSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One hour of trainings, of the emulator's clock, with a platform API that lists late, leaves out, refuses, limits and
 * fails at random. Whatever it does, each training ends as fal says and no later than polling finds it.
 */
final class RandomHistory {
    private static final Duration STEP = Duration.ofSeconds(10);
    private static final int STEPS = 360;
    private static final int TRAININGS = 8;

    private final Random random;
    private final PlatformSite site;
    private final List<Training> trainings = new ArrayList<>();
    private final String seed;

    /** One avatar; it ends at {@code ends} and its trigger fires {@code offset} seconds into each minute. */
    private record Training(AvatarId id, Instant ends, boolean succeeds, int offset) {}

    private RandomHistory(long seed, PlatformSite site) {
        this.random = new Random(seed);
        this.seed = "seed " + seed;
        this.site = site;
    }

    /** Plays one hour and judges it. */
    static void play(long seed) throws InterruptedException {
        try (PlatformSite site = new PlatformSite()) {
            new RandomHistory(seed, site).play();
        }
    }

    private void play() {
        site.monitored();
        if (random.nextBoolean()) {
            site.hints.reported(new FalRequestId("earlier"), HintSource.HISTORY, true);
            site.fal.advance(Duration.ofHours(1));
        }
        for (int i = 0; i < TRAININGS; i++) {
            begin(i);
        }
        for (int step = 0; step < STEPS; step++) {
            disturb();
            site.round();
            for (Training training : trainings) {
                fire(training, step);
            }
            site.fal.advance(STEP);
        }
        for (Training training : trainings) {
            assertThat(site.avatars.row(training.id))
                    .as(seed)
                    .containsEntry("status", training.succeeds ? "COMPLETED" : "ERROR");
            assertThat(site.avatars.events(training.id)).as(seed).isEqualTo(training.succeeds ? "completed" : "failed");
        }
        assertThat(site.avatars.count("SELECT count(*) FROM avatar_event WHERE type = 'fal_paused'"))
                .as(seed)
                .isZero();
    }

    private void begin(int number) {
        Duration run = Duration.ofSeconds(60 + random.nextInt(2_900));
        boolean succeeds = random.nextInt(4) > 0;
        Listing listing = new Listing(
                Duration.ofSeconds(random.nextBoolean() ? 0 : random.nextInt(600)),
                random.nextInt(4) == 0 ? Listing.Kept.MISSING : Listing.Kept.FULL);
        AvatarId id = site.train(
                "r-" + number,
                Scenario.standard()
                        .withQueue(Duration.ZERO, 0)
                        .withRun(run)
                        .withOutcome(succeeds ? Outcome.success() : Outcome.validationError("x", "no images"))
                        .withListing(listing));
        trainings.add(new Training(id, site.fal.now().plus(run), succeeds, random.nextInt(6)));
    }

    /** One call in ten of the next ones is disturbed. */
    private void disturb() {
        switch (random.nextInt(60)) {
            case 0 -> site.fal.inject(Fault.forbidden().on(Op.HISTORY).times(1));
            case 1 ->
                site.fal.inject(Fault.rateLimited(Duration.ofMinutes(2), Effect.RetryAfter.SECONDS)
                        .on(Op.HISTORY)
                        .times(1));
            case 2 -> site.fal.inject(Fault.badGateway().on(Op.HISTORY).times(3));
            case 3 -> site.fal.inject(Fault.garbage().on(Op.HISTORY).times(1));
            case 4 -> site.fal.inject(Fault.notFound().on(Op.HISTORY).times(3));
            default -> {}
        }
    }

    private void fire(Training training, int step) {
        if (step % 6 != training.offset
                || !"TRAINING".equals(site.avatars.row(training.id).get("status"))) {
            return;
        }
        boolean proven = site.hints.proven();
        CheckOutcome outcome = site.check.check(training.id, false);
        Duration late = Duration.between(training.ends, site.fal.now());
        if (late.isNegative()) {
            assertThat(outcome).as(seed).isIn(CheckOutcome.STILL_TRAINING, CheckOutcome.PASSED);
        } else if (outcome == CheckOutcome.PASSED) {
            assertThat(proven).as(seed).isTrue();
            assertThat(late).as(seed).isLessThanOrEqualTo(Duration.ofMinutes(10));
        } else {
            assertThat(outcome).as(seed).isEqualTo(training.succeeds ? CheckOutcome.COMPLETED : CheckOutcome.FAILED);
        }
    }
}
