package avatarmonitor.fal.limit;

import static avatarmonitor.testing.Latches.awaitLatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.fal.answer.FalAnswer.AccessRefused;
import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.fal.answer.FalAnswer.InProgress;
import avatarmonitor.fal.answer.FalAnswer.RateLimited;
import avatarmonitor.fal.answer.FalAnswer.Unavailable;
import avatarmonitor.fal.limit.FalPause.Permit;
import avatarmonitor.fal.limit.FalPauseListener.Refusal;
import avatarmonitor.testing.Background;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** When a pause is shared, and with which version; each step may be taken by another thread. */
final class PauseExchangeRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Paused KEY = new Paused(Refusal.KEY, NOW, NOW.plusSeconds(60), "fal rejects the API key: bad");

    private final List<String> calls = new ArrayList<>();
    private Optional<SharedPause.Known> known = Optional.empty();
    private Optional<SharedPause.Claim> claim = Optional.empty();
    private Runnable during = () -> {};
    private boolean listenerFails;
    private final List<String> told = new ArrayList<>();
    private final FalPause pause = new FalPause(new FalPauseListener() {
        @Override
        public void paused(Refusal refusal, String reason, Instant until) {
            told.add("paused");
            if (listenerFails) {
                throw new StackOverflowError("planted");
            }
        }

        @Override
        public void resumed() {
            told.add("resumed");
        }
    });
    private final PauseExchange exchange = new PauseExchange(pause, new SharedPause() {
        @Override
        public Optional<Known> exchange(Found found, Instant now) {
            calls.add(
                    found instanceof Found.Answered answered
                            ? "Answered " + answered.version()
                            : found.getClass().getSimpleName());
            during.run();
            return known;
        }

        @Override
        public Optional<Claim> claim(long version) {
            calls.add("claim " + version);
            during.run();
            return claim;
        }
    });

    private static void elsewhere(Runnable work) {
        Background.run(work).join();
    }

    private Permit enter(Instant at) {
        return exchange.enter(at).orElseThrow();
    }

    private void refusedKey() {
        exchange.answered(enter(NOW), new AccessRefused(401, "bad"), NOW);
    }

    /** The next attempt can be reserved; the others wait 25 s for its answer. */
    private void claimed(long version) {
        claim = Optional.of(new SharedPause.Claim(version, Duration.ofSeconds(25)));
    }

    /** The key is refused with version 4; a minute later this process reserves the next attempt. */
    private Permit reservedAttempt(long version) {
        known = Optional.of(new SharedPause.Known(4, false, KEY));
        refusedKey();
        claimed(version);
        return enter(NOW.plusSeconds(60));
    }

    private void fails() {
        during = () -> {
            throw new IllegalStateException("away");
        };
    }

    @Test
    void firstRequestLearnsOfAPauseOnceThatCanBeRead() {
        fails();
        exchange.begin(NOW);
        elsewhere(() -> exchange.begin(NOW));
        assertThat(calls).hasSize(2);
        during = () -> {};
        known = Optional.of(new SharedPause.Known(4, false, KEY));
        elsewhere(() -> exchange.begin(NOW));
        exchange.begin(NOW);
        assertThat(calls).containsExactly("Nothing", "Nothing", "Nothing");
        assertThat(pause.paused(NOW)).contains(KEY);
        assertThat(told).containsExactly("paused");
        assertThat(exchange.enter(NOW.plusSeconds(60))).isEmpty();
        assertThat(calls).contains("claim 4");
    }

    @Test
    void refusalIsSharedAtOnceAndItsVersionIsKnownThen() {
        known = Optional.of(new SharedPause.Known(4, false, KEY));
        elsewhere(this::refusedKey);
        assertThat(calls).containsExactly("Refused");

        claimed(9);
        Permit probe = enter(NOW.plusSeconds(60));
        assertThat(calls).containsExactly("Refused", "claim 4");
        known = Optional.of(new SharedPause.Known(10, true, KEY));
        exchange.answered(probe, new InProgress(5), NOW.plusSeconds(61));
        assertThat(calls).last().isEqualTo("Answered 9");
        assertThat(pause.paused(NOW.plusSeconds(61))).isEmpty();
    }

    /** With answers that take longer than a reservation, a corrected key would never be accepted again otherwise. */
    @Test
    void lateAnswerEndsThePauseAlthoughAnotherProcessHasReservedTheNextAttempt() {
        Permit probe = reservedAttempt(5);
        Paused reserved = new Paused(Refusal.KEY, NOW, NOW.plusSeconds(80), KEY.reason() + " (found by other)");
        known = Optional.of(new SharedPause.Known(6, false, reserved));
        exchange.exchange(NOW.plusSeconds(71));
        assertThat(pause.paused(NOW.plusSeconds(71))).contains(reserved);
        known = Optional.of(new SharedPause.Known(7, true, reserved));
        exchange.answered(probe, new InProgress(5), NOW.plusSeconds(72));
        assertThat(calls).last().isEqualTo("Answered 6");
        assertThat(pause.paused(NOW.plusSeconds(72))).isEmpty();
        assertThat(told).containsExactly("paused", "resumed");
    }

    /** Another process may reach fal: it gets its turn before this one tries again. */
    @Test
    void processThatGetsNoAnswerLetsTheOthersTry() {
        Permit probe = reservedAttempt(5);
        exchange.answered(probe, new Unavailable(Cause.TIMEOUT, "timeout"), NOW.plusSeconds(62));
        assertThat(exchange.enter(NOW.plusSeconds(89))).isEmpty();
        assertThat(calls).containsExactly("Refused", "claim 4");
        assertThat(exchange.enter(NOW.plusSeconds(90))).isPresent();
        assertThat(calls).last().isEqualTo("claim 5");
    }

    @Test
    void answerNamesTheVersionThatItEnds() {
        Permit probe = reservedAttempt(9);
        fails();
        exchange.answered(probe, new InProgress(5), NOW.plusSeconds(61));
        during = () -> {};
        known = Optional.of(new SharedPause.Known(10, true, KEY));
        exchange.exchange(NOW.plusSeconds(62));
        assertThat(calls.subList(2, 4)).as("tried until it is written").containsExactly("Answered 9", "Answered 9");
        assertThat(pause.isUnshared()).isFalse();
    }

    @Test
    void errorDuringAClaimAndInAListenerLeavesNoAttemptOpen() {
        known = Optional.of(new SharedPause.Known(4, false, KEY));
        listenerFails = true;
        refusedKey();
        listenerFails = false;
        during = () -> {
            throw new OutOfMemoryError("planted");
        };
        assertThatThrownBy(() -> exchange.enter(NOW.plusSeconds(60))).isInstanceOf(OutOfMemoryError.class);
        during = () -> {};
        claimed(9);
        Permit probe = enter(NOW.plusSeconds(60));
        known = Optional.of(new SharedPause.Known(10, true, KEY));
        exchange.answered(probe, new InProgress(5), NOW.plusSeconds(61));
        assertThat(told).containsExactly("paused", "resumed");
    }

    @Test
    void answerThatIsNoNewsIsNotShared() {
        exchange.answered(enter(NOW), new InProgress(5), NOW);
        assertThat(calls).isEmpty();
    }

    @Test
    void attemptOfAnotherProcessIsAwaitedAndThePauseReadAgain() {
        known = Optional.of(new SharedPause.Known(4, false, KEY));
        refusedKey();
        assertThat(exchange.enter(NOW.plusSeconds(60))).isEmpty();
        assertThat(calls).containsExactly("Refused", "claim 4", "Nothing");
        claimed(5);
        elsewhere(() -> assertThat(exchange.enter(NOW.plusSeconds(60)))
                .as("the probe was given back")
                .isPresent());
    }

    @Test
    void attemptThatCannotBeReservedIsNotMade() {
        known = Optional.of(new SharedPause.Known(4, false, KEY));
        refusedKey();
        fails();
        assertThat(exchange.enter(NOW.plusSeconds(60))).isEmpty();
        during = () -> {};
        claimed(5);
        elsewhere(() -> assertThat(exchange.enter(NOW.plusSeconds(60))).isPresent());
    }

    @Test
    void oneThreadExchangesAtATime() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        during = () -> {
            inside.countDown();
            awaitLatch(go);
        };
        CompletableFuture<Void> first = Background.run(() -> exchange.exchange(NOW));
        awaitLatch(inside);
        exchange.exchange(NOW);
        assertThat(calls).hasSize(1);
        go.countDown();
        first.join();
        elsewhere(() -> exchange.exchange(NOW));
        assertThat(calls).hasSize(2);
    }

    @Test
    void attemptIsNotReservedWhileAnotherThreadExchanges() {
        known = Optional.of(new SharedPause.Known(4, false, KEY));
        refusedKey();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        during = () -> {
            inside.countDown();
            awaitLatch(go);
        };
        CompletableFuture<Void> first = Background.run(() -> exchange.exchange(NOW.plusSeconds(60)));
        awaitLatch(inside);
        assertThat(exchange.enter(NOW.plusSeconds(60))).isEmpty();
        go.countDown();
        first.join();
        assertThat(calls).containsExactly("Refused", "Nothing");
    }

    @Test
    void failureReachesWhoAsksForTheExchange() {
        fails();
        assertThatThrownBy(() -> exchange.exchange(NOW)).hasMessage("away");
        during = () -> {};
        elsewhere(() -> exchange.exchange(NOW));
        assertThat(calls).hasSize(2);
    }

    /** Another refusal arrives while the first one is written: the row has the first one, and its version is known. */
    @Test
    void newsDuringAnExchangeAreSharedWithTheNext() {
        Permit second = enter(NOW);
        known = Optional.of(new SharedPause.Known(4, false, KEY));
        boolean[] once = {true};
        during = () -> {
            if (once[0]) {
                once[0] = false;
                pause.answered(second, new AccessRefused(403, "locked", true), NOW.plusSeconds(5));
            }
        };
        refusedKey();
        assertThat(pause.isUnshared()).isTrue();
        assertThat(exchange.enter(NOW.plusSeconds(65))).isEmpty();
        assertThat(calls).containsExactly("Refused", "claim 4", "Refused");
        assertThat(pause.isUnshared()).isFalse();
    }

    /** What was read may end what was found meanwhile, so it is read again with it. */
    @Test
    void versionOfAPauseThatIsNotTakenOverIsNotKnown() {
        Permit first = enter(NOW);
        known = Optional.of(new SharedPause.Known(4, true, KEY));
        during = () -> {
            during = () -> {};
            pause.answered(first, new AccessRefused(401, "bad"), NOW);
        };
        exchange.exchange(NOW);
        assertThat(exchange.enter(NOW.plusSeconds(60))).isEmpty();
        assertThat(calls).containsExactly("Nothing", "claim 0", "Refused");
    }

    @Test
    void expiredPauseWhoseRowWasDeletedIsNotWrittenAgain() {
        exchange.answered(enter(NOW), new RateLimited(Duration.ofSeconds(7)), NOW);
        exchange.exchange(NOW.plusSeconds(7));
        exchange.exchange(NOW.plusSeconds(8));
        assertThat(calls).containsExactly("Refused", "Refused", "Nothing");
    }

    @Test
    void deletedPauseIsWrittenAgain() {
        refusedKey();
        assertThat(pause.isUnshared()).isTrue();
        exchange.exchange(NOW.plusSeconds(1));
        assertThat(calls).containsExactly("Refused", "Refused");
    }
}
