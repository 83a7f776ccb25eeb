package avatarmonitor.alert;

import avatarmonitor.alert.Channel.Sent;
import avatarmonitor.alert.ConcurrentSender.Attempt;
import avatarmonitor.alert.DeliveryQueue.Waiting;
import avatarmonitor.store.Database;
import avatarmonitor.store.clock.ClockGate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers one channel's queue at least once (claim, send, settle). No transaction is open while messages are sent.
 * While the receiver is unreachable, probes with a single message and exponential backoff. Not thread-safe; each worker
 * has its own.
 */
public final class DeliveryWorker {
    /** Backoff after the first failed attempt; doubles with each further one up to {@link #WAIT_MAX}. */
    static final Duration WAIT_MIN = Duration.ofSeconds(5);

    static final Duration WAIT_MAX = Duration.ofMinutes(5);

    /** Time by which a claim outlasts the timeout of an attempt. */
    static final Duration CLAIM_MARGIN = Duration.ofSeconds(5);

    /** Messages per claim of a channel that sends one at a time, and per concurrent sender of another one. */
    static final int BATCH = 20;

    private static final int BATCH_PER_SENDER = 4;

    /** Time to send a batch, by which its claims last longer; what is not sent by then is released. */
    static final Duration BATCH_MAX = Duration.ofSeconds(5);

    /** Limit of messages per round: a backlog is sent without the pause between rounds. */
    private static final int ROUND_MAX = 10_000;

    private static final int GIVEN_UP_MAX = 1_000;

    private static final Logger log = LoggerFactory.getLogger(DeliveryWorker.class);

    private final Database database;
    private final DeliveryQueue deliveries;
    private final Channel channel;
    private final ConcurrentSender sender;
    private final int batchSize;
    private final AlertConfig config;
    private final InstantSource clock;
    private final ClockGate gate;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final String worker;

    /** Consecutive attempts that did not reach the receiver. */
    private int failedAttempts;

    /** Messages delivered in this round. */
    private int delivered;

    /** Whether the receiver became unreachable, or the worker stopped, during the current batch. */
    private boolean halted;

    /** End of the backoff on the monotonic clock, so that setting the clock does not change its length. */
    private @Nullable Long backoffUntil;

    /**
     * @param nanoTime a monotonic clock
     * @param worker named in claims
     */
    public DeliveryWorker(
            Database database,
            Channel channel,
            AlertConfig config,
            InstantSource clock,
            LongSupplier nanoTime,
            RandomGenerator random,
            String worker) {
        this.database = database;
        this.deliveries = new DeliveryQueue(database.dialect());
        this.channel = channel;
        this.sender = new ConcurrentSender(channel, worker);
        this.batchSize = Math.max(BATCH, BATCH_PER_SENDER * channel.concurrency());
        this.config = config;
        this.clock = clock;
        this.gate = ClockGate.of(clock);
        this.nanoTime = nanoTime;
        this.random = random;
        this.worker = worker;
    }

    /**
     * Runs one round: sends the messages that are due, at most about {@link #ROUND_MAX}.
     *
     * @return how many messages were delivered
     * @throws avatarmonitor.store.StoreException when the database failed; a message that was sent may then be sent
     *     again
     */
    public int deliver() {
        delivered = 0;
        for (int tried = 0; tried < ROUND_MAX; ) {
            if (backoffUntil != null && nanoTime.getAsLong() - backoffUntil < 0) {
                return delivered;
            }
            Batch batch = claim(failedAttempts == 0 ? batchSize : 1);
            if (batch.due == 0) {
                return delivered;
            }
            tried += batch.due;
            halted = false;
            List<Waiting> unsent =
                    sender.send(batch.claimed, () -> !clock.instant().isAfter(batch.sendBy), this::settle);
            if (!unsent.isEmpty()) {
                database.inTransaction(connection -> deliveries.release(connection, unsent));
            }
            if (halted) {
                return delivered;
            }
        }
        return delivered;
    }

    /**
     * Messages claimed together.
     *
     * @param due number of messages that were due, including those that another worker claimed first
     * @param sendBy time after which no further one may be sent, so that each claim outlasts its attempt
     */
    private record Batch(int due, List<Waiting> claimed, Instant sendBy) {}

    /** Claims due messages in one transaction: at a commit for each, ends would come faster than they are delivered. */
    private Batch claim(int limit) {
        Instant now = clock.instant();
        Instant sendBy = now.plus(BATCH_MAX);
        Instant until = sendBy.plus(config.timeout()).plus(CLAIM_MARGIN);
        return database.inTransaction(connection -> {
            List<Waiting> due = deliveries.due(connection, channel.name(), now, limit);
            List<Waiting> claimed = new ArrayList<>();
            // In the order of their ids: two workers that claim the same ones must not wait for each other.
            for (Waiting message :
                    due.stream().sorted(Comparator.comparing(Waiting::id)).toList()) {
                if (deliveries.claim(connection, message, worker, now, until)) {
                    claimed.add(message);
                }
            }
            return new Batch(due.size(), claimed, sendBy);
        });
    }

    private boolean settle(List<Attempt> ended) {
        Instant now = clock.instant();
        accepted(
                ended.stream()
                        .filter(attempt -> attempt.outcome() instanceof Sent.Delivered)
                        .map(Attempt::message)
                        .sorted(Comparator.comparing(Waiting::id))
                        .toList(),
                now);
        for (Attempt attempt : ended) {
            if (attempt.outcome() instanceof Sent.Refused refused) {
                failed(attempt.message(), refused.why(), now);
            } else if (attempt.outcome() instanceof Sent.Unreachable unreachable) {
                unreachable(unreachable.why());
                failed(attempt.message(), unreachable.why(), now);
            } else if (attempt.outcome() instanceof Sent.Stopped) {
                halted = true;
                database.inTransaction(
                        connection -> deliveries.failed(connection, attempt.message(), "the worker stopped", now));
            }
        }
        return !halted;
    }

    private void accepted(List<Waiting> messages, Instant now) {
        if (messages.isEmpty()) {
            return;
        }
        database.inTransaction(connection -> deliveries.delivered(connection, messages, now));
        delivered += messages.size();
        if (failedAttempts > 0 && !halted) {
            log.info("messages are delivered again channel={}", channel.name());
            failedAttempts = 0;
        }
    }

    /** Starts the backoff. Attempts that failed at the same time count as one. */
    private void unreachable(String why) {
        if (halted) {
            return;
        }
        halted = true;
        if (failedAttempts++ == 0) {
            log.warn("messages wait, receiver unreachable channel={} error={}", channel.name(), why);
        }
        backoffUntil = nanoTime.getAsLong() + wait(failedAttempts).toNanos();
    }

    private void failed(Waiting message, String why, Instant now) {
        log.debug(
                "message not delivered channel={} id={} error={}",
                channel.name(),
                message.message().id(),
                why);
        Instant next = now.plus(wait(message.attempts() + 1));
        Instant old = now.minus(config.giveUpAfter());
        database.inTransaction(connection -> deliveries.failed(connection, message, why, next));
        // A scan of the backlog, which would otherwise follow each attempt that fails.
        if (message.createdAt().isAfter(old) || !gate.isOpen()) {
            return;
        }
        int givenUp = database.inTransaction(connection -> {
            gate.require(connection, database.dialect());
            return deliveries.giveUp(connection, channel.name(), old, now, GIVEN_UP_MAX);
        });
        if (givenUp > 0) {
            log.error(
                    "messages given up, undelivered for alerts.give-up-after: they stay in"
                            + " avatar_monitor_delivery channel={} count={} error={}",
                    channel.name(),
                    givenUp,
                    why);
        }
    }

    /** Exponential backoff with jitter: between half and the whole of a time that doubles with each attempt. */
    private Duration wait(int attempts) {
        long doubled = WAIT_MIN.toMillis() << Math.min(attempts - 1, 16);
        long most = Math.min(doubled, WAIT_MAX.toMillis());
        return Duration.ofMillis(most / 2 + random.nextLong(most / 2 + 1));
    }
}
