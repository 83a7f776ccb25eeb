package avatarmonitor.app.limit;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.FalConfig;
import avatarmonitor.fal.FalFixture;
import avatarmonitor.fal.FalKey;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.LimitedFalQueue;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.AccessRefused;
import avatarmonitor.fal.answer.FalAnswer.Held;
import avatarmonitor.fal.answer.FalAnswer.InProgress;
import avatarmonitor.fal.answer.FalAnswer.RateLimited;
import avatarmonitor.fal.limit.FalLimits;
import avatarmonitor.fal.limit.FalPauseListener;
import avatarmonitor.store.Database;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The polling pause that workers with one key share in their database. Each worker has a clock that is hours off. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class ClusterPauseTest {
    private static final InProgress ANSWER = new InProgress(5);
    private static final AccessRefused LOCKED = new AccessRefused(403, "User is locked", true);
    private static final FalRequest REQUEST =
            new FalRequest("fal-ai/trainer", FalRequestId.parse("r-1").orElseThrow());

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;
    private final List<Peer> processes = new ArrayList<>();
    private final Peer one;
    private final Peer two;

    ClusterPauseTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        one = new Peer("worker-1", "id:secret", Duration.ofHours(-3));
        two = new Peer("worker-2", "id:secret", Duration.ofHours(5));
    }

    @AfterEach
    void close() {
        processes.forEach(process -> process.queue.close());
    }

    /** The limits of one process. */
    private final class Peer implements FalPauseListener {
        final ScriptedFal fal = new ScriptedFal();
        final List<String> told = new ArrayList<>();
        final LimitedFalQueue queue;
        Duration ahead;

        Peer(String name, String key, Duration ahead) {
            this.ahead = ahead;
            FalConfig config = FalFixture.config(
                    URI.create("https://queue.fal.run"), new FalKey(key), Duration.ofSeconds(5), 1_000);
            FalLimits limits = ClusterPause.limits(database, config, name, type -> false);
            queue = new LimitedFalQueue(fal, 4, limits, this::now, this);
            fal.status = ANSWER;
            processes.add(this);
        }

        Instant now() {
            return Instant.now().plus(ahead);
        }

        FalAnswer asks() {
            return queue.status(REQUEST);
        }

        FalAnswer hears(FalAnswer.Status answer) {
            fal.status = answer;
            FalAnswer heard = asks();
            fal.status = ANSWER;
            return heard;
        }

        void waits(Duration time) {
            ahead = ahead.plus(time);
        }

        @Override
        public void paused(Refusal refusal, String reason, Instant until) {
            told.add(refusal + ": " + reason);
        }

        @Override
        public void resumed() {
            told.add("resumed");
        }
    }

    @Test
    void oneWorkersRateLimitHoldsForAllAndEndsForAll() {
        assertThat(two.asks()).isEqualTo(ANSWER);
        one.hears(new RateLimited(Duration.ofSeconds(90)));
        two.queue.exchangePause();
        assertThat(two.asks())
                .isInstanceOfSatisfying(
                        Held.class,
                        held -> assertThat(Duration.between(two.now(), held.until()))
                                .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(91)));
        assertThat(two.fal.asked).hasSize(1);
        assertThat(two.told).containsExactly("PACE: fal asks for fewer requests (found by worker-1)");

        one.waits(Duration.ofSeconds(91));
        assertThat(one.asks()).isEqualTo(ANSWER);
        two.queue.exchangePause();
        assertThat(two.asks()).isEqualTo(ANSWER);
        assertThat(two.told).hasSize(2).last().isEqualTo("resumed");
        assertThat(one.told).containsExactly("PACE: fal asks for fewer requests", "resumed");
    }

    @Test
    void lockedAccountIsKnownToAWorkerThatStartsLater() {
        one.hears(LOCKED);
        one.queue.close();
        Peer later = new Peer("worker-3", "id:secret", Duration.ZERO);
        assertThat(later.asks()).isInstanceOf(Held.class);
        assertThat(later.fal.asked).isEmpty();
        assertThat(later.told)
                .containsExactly("ACCOUNT: fal has locked the account: User is locked (found by worker-1)");

        Peer otherKey = new Peer("worker-4", "other:secret", Duration.ZERO);
        otherKey.queue.exchangePause();
        assertThat(otherKey.asks()).isEqualTo(ANSWER);
    }

    @Test
    void oneWorkerAtATimeTriesALockedAccount() {
        one.hears(LOCKED);
        two.queue.exchangePause();
        one.waits(Duration.ofSeconds(61));
        two.waits(Duration.ofSeconds(61));
        List<FalAnswer> meanwhile = new ArrayList<>();
        one.fal.onStatus = () -> meanwhile.add(two.asks());
        assertThat(one.asks()).isEqualTo(ANSWER);
        assertThat(meanwhile).hasSize(1).hasOnlyElementsOfType(Held.class);
        assertThat(two.fal.asked).isEmpty();

        two.queue.exchangePause();
        assertThat(two.asks()).isEqualTo(ANSWER);
        assertThat(two.told).last().isEqualTo("resumed");
    }

    @Test
    void attemptOfAWorkerThatDiesIsMadeByAnother() {
        one.hears(LOCKED);
        two.queue.exchangePause();
        one.waits(Duration.ofSeconds(61));
        one.fal.onStatus = () -> {
            throw new IllegalStateException("died");
        };
        try {
            FalAnswer unused = one.asks();
        } catch (IllegalStateException died) {
            assertThat(died).hasMessage("died");
        }
        two.queue.exchangePause();
        two.waits(Duration.ofSeconds(61));
        assertThat(two.asks()).isEqualTo(ANSWER);
    }

    @Test
    void attemptIsAwaitedFiveSecondsLongerThanARequestMayTake() {
        one.hears(LOCKED);
        one.waits(Duration.ofSeconds(61));
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        List<String> within = new ArrayList<>();
        // The timeout of these processes is 5 s.
        one.fal.onStatus = () -> within.addAll(Sql.rows(
                database,
                "SELECT count(*) FROM avatar_monitor_fal_pause WHERE ends_at - INTERVAL '10' SECOND"
                        + " BETWEEN TIMESTAMP WITH TIME ZONE '" + before + "' AND current_timestamp"));
        assertThat(one.asks()).isEqualTo(ANSWER);
        assertThat(within).containsExactly("1");
    }

    @Test
    void laterRefusalMovesTheEndForAll() {
        one.hears(new RateLimited(Duration.ofSeconds(5)));
        two.queue.exchangePause();
        two.waits(Duration.ofSeconds(6));
        two.hears(new RateLimited(Duration.ofSeconds(200)));
        one.queue.exchangePause();
        one.waits(Duration.ofSeconds(100));
        assertThat(one.asks()).isInstanceOf(Held.class);
    }

    @Test
    void answerToAnOlderRequestDoesNotEndThePauseThatAnotherBegan() {
        one.fal.onStatus = () -> two.hears(LOCKED);
        assertThat(one.asks()).isEqualTo(ANSWER);
        one.fal.onStatus = () -> {};
        one.queue.exchangePause();
        assertThat(one.asks()).isInstanceOf(Held.class);
        assertThat(two.asks()).isInstanceOf(Held.class);
    }

    @Test
    void deletedPauseIsSharedAgain() {
        one.hears(LOCKED);
        Sql.run(database, "DELETE FROM avatar_monitor_fal_pause");
        one.queue.exchangePause();
        assertThat(one.asks()).isInstanceOf(Held.class);
        one.queue.exchangePause();
        assertThat(two.asks()).isInstanceOf(Held.class);
    }

    @Test
    void keyIsNotStored() {
        one.hears(LOCKED);
        assertThat(Sql.rows(database, "SELECT key_digest FROM avatar_monitor_fal_pause"))
                // The first half of printf %s id:secret | sha256sum
                .containsExactly("fc69635ed79e43dad7499156fbf1091d");
    }
}
