package avatarmonitor.alert;

import avatarmonitor.alert.Channel.Sent;
import avatarmonitor.alert.DeliveryQueue.Waiting;
import avatarmonitor.background.DaemonThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Sends the messages of a batch, as many at the same time as the channel allows: otherwise one second of a receiver's
 * response time would be one second for each message. Its threads end when there is nothing to send. Not thread-safe.
 */
final class ConcurrentSender {
    private static final Duration IDLE_MAX = Duration.ofSeconds(30);

    private final Channel channel;
    private final Executor threads;

    /** @param worker prefix of its thread names */
    ConcurrentSender(Channel channel, String worker) {
        this.channel = channel;
        this.threads = channel.concurrency() == 1 ? Runnable::run : threads(channel, worker);
    }

    private static Executor threads(Channel channel, String worker) {
        ThreadPoolExecutor made = new ThreadPoolExecutor(
                channel.concurrency(),
                channel.concurrency(),
                IDLE_MAX.toMillis(),
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(),
                DaemonThreads.named(worker + "-" + channel.name() + "-send"));
        made.allowCoreThreadTimeOut(true);
        return made;
    }

    /** A message that was sent, and its outcome. */
    record Attempt(Waiting message, Sent outcome) {}

    /** Stores outcomes. */
    interface Settlement {
        /** Stores the outcomes of these attempts; returns whether further messages may be sent. */
        boolean settle(List<Attempt> ended);
    }

    /**
     * Sends messages of different lanes and settles the attempts in groups, as they end. No attempt is under way after
     * it returned or threw.
     *
     * @param mayStart asked before each attempt except the first
     * @return messages that were not sent
     */
    List<Waiting> send(List<Waiting> batch, BooleanSupplier mayStart, Settlement settlement) {
        Deque<Waiting> unsent = new ArrayDeque<>(batch);
        List<CompletableFuture<Attempt>> underWay = new ArrayList<>();
        boolean goOn = true;
        try {
            while (true) {
                while (goOn
                        && !unsent.isEmpty()
                        && underWay.size() < channel.concurrency()
                        && (unsent.size() == batch.size() || mayStart.getAsBoolean())) {
                    Waiting message = unsent.removeFirst();
                    underWay.add(CompletableFuture.supplyAsync(
                            () -> new Attempt(message, channel.send(message.message())), threads));
                }
                if (underWay.isEmpty()) {
                    return List.copyOf(unsent);
                }
                Object unused = CompletableFuture.anyOf(all(underWay)).join();
                List<Attempt> ended = new ArrayList<>();
                underWay.removeIf(attempt -> attempt.isDone() && ended.add(attempt.join()));
                goOn = settlement.settle(ended) && goOn;
            }
        } catch (CompletionException thrown) {
            if (thrown.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("a channel must not throw", thrown.getCause());
        } finally {
            // Their time is limited; an interrupt does not cut it short.
            CompletableFuture.allOf(all(underWay)).exceptionally(thrown -> null).join();
        }
    }

    private static CompletableFuture<?>[] all(List<CompletableFuture<Attempt>> attempts) {
        return attempts.toArray(CompletableFuture<?>[]::new);
    }
}
