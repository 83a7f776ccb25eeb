package avatarmonitor.reconcile;

import avatarmonitor.background.DaemonThreads;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Helper thread for a caller that would otherwise idle while it waits for the database. Created on first use; ends with
 * {@link #close}. Threads are never interrupted: an interrupt would fail the running statement.
 */
final class HelperThread implements AutoCloseable {
    private final ExecutorService thread;
    private @Nullable Running<?> last;

    /**
     * @param does suffix of the thread's name, after the name of the caller's thread, whose logging context it
     *     inherits
     */
    HelperThread(String does) {
        String name = Thread.currentThread().getName() + "-" + does;
        Map<String, String> context = MDC.getCopyOfContextMap();
        thread = Executors.newSingleThreadExecutor(work -> DaemonThreads.thread(name, () -> {
            MDC.setContextMap(context == null ? Map.of() : context);
            work.run();
        }));
    }

    record Running<T>(CompletableFuture<T> future) {

        /** Waits for the end; rethrows the task's exception. */
        T await() {
            try {
                return future.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw e;
            }
        }
    }

    /** Starts a task after those started before. */
    <T> Running<T> begin(Supplier<T> work) {
        Running<T> running = new Running<>(CompletableFuture.supplyAsync(work, thread));
        last = running;
        return running;
    }

    /** Waits for running tasks. */
    @Override
    public void close() {
        thread.shutdown();
        if (last != null) {
            last.future().handle((result, failure) -> null).join();
        }
    }
}
