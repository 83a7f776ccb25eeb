package avatarmonitor.alert;

import avatarmonitor.alert.Channel.Sent;
import avatarmonitor.alert.DeliveryQueue.Waiting;
import avatarmonitor.background.DaemonThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;
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
        CompletionService<Attempt> attempts = new ExecutorCompletionService<>(threads);
        int underWay = 0;
        boolean goOn = true;
        try {
            while (true) {
                while (goOn
                        && !unsent.isEmpty()
                        && underWay < channel.concurrency()
                        && (unsent.size() == batch.size() || mayStart.getAsBoolean())) {
                    Waiting message = unsent.removeFirst();
                    Future<?> unused = attempts.submit(() -> new Attempt(message, channel.send(message.message())));
                    underWay++;
                }
                if (underWay == 0) {
                    return List.copyOf(unsent);
                }
                List<Attempt> ended = new ArrayList<>();
                for (Future<Attempt> next = first(attempts); next != null; next = attempts.poll()) {
                    underWay--;
                    ended.add(result(next));
                }
                goOn = settlement.settle(ended) && goOn;
            }
        } finally {
            for (; underWay > 0; underWay--) {
                Future<?> unused = first(attempts);
            }
        }
    }

    /** Waits for the end of an attempt, whose time is limited; an interrupt does not cut it short. */
    private static Future<Attempt> first(CompletionService<Attempt> attempts) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return attempts.take();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Attempt result(Future<Attempt> ended) {
        try {
            return ended.get();
        } catch (InterruptedException e) {
            throw new IllegalStateException("an attempt that has ended is not waited for", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("a channel must not throw", e.getCause());
        }
    }
}
