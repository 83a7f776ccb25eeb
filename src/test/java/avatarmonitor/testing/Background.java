package avatarmonitor.testing;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Work beside the test, each on a thread of its own. The common pool would not do: with two processors JDK 25 has one
 * thread in it, so that a second piece of work waits for the first one.
 */
public final class Background {
    private Background() {}

    public static <T> CompletableFuture<T> supply(Supplier<T> work) {
        return supply(work, thread -> {});
    }

    /** Like {@link #supply(Supplier)}; {@code created} receives the thread before it starts. */
    public static <T> CompletableFuture<T> supply(Supplier<T> work, Consumer<Thread> created) {
        return new CompletableFuture<T>().completeAsync(work, task -> start(task, created));
    }

    public static CompletableFuture<Void> run(Runnable work) {
        return supply(() -> {
                    work.run();
                    return true;
                })
                .thenAccept(done -> {});
    }

    private static void start(Runnable work, Consumer<Thread> created) {
        Thread thread = new Thread(work, "background-of-test");
        thread.setDaemon(true);
        created.accept(thread);
        thread.start();
    }
}
