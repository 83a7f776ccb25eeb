package avatarmonitor.reconcile;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * One more thread for a caller that would otherwise wait for the database with nothing to do. It is made when it is first needed and ends
 * with this. No thread is interrupted: an interrupt that meets a thread inside H2 closes the database file for all.
 */
final class Companion implements AutoCloseable {
    private final ExecutorService thread;
    private @Nullable Running<?> last;

    /** @param does ends the thread's name, after the one of the caller's thread, whose context its log lines have */
    Companion(String does) {
        String name = Thread.currentThread().getName() + "-" + does;
        Map<String, String> context = MDC.getCopyOfContextMap();
        thread = Executors.newSingleThreadExecutor(work -> {
            Thread made = new Thread(
                    () -> {
                        MDC.setContextMap(context == null ? Map.of() : context);
                        work.run();
                    },
                    name);
            made.setDaemon(true);
            return made;
        });
    }

    /** Work that has been begun. */
    record Running<T>(CompletableFuture<T> future) {

        /** Waits for its end; what it threw is thrown as if the caller had done it. */
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

    /** Begins it after what was begun before. */
    <T> Running<T> begin(Supplier<T> work) {
        Running<T> running = new Running<>(CompletableFuture.supplyAsync(work, thread));
        last = running;
        return running;
    }

    /** Waits for what is under way. */
    @Override
    public void close() {
        thread.shutdown();
        if (last != null) {
            last.future().handle((result, failure) -> null).join();
        }
    }
}
