package avatarmonitor.schedule.quartz.thread;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fatal-error latch: the first reported error stops the worker, later ones are ignored. A worker without one of its
 * service threads would still look alive to the others, so that its firings would not be recovered.
 */
public final class FatalErrorLatch {
    private static final Logger LOG = LoggerFactory.getLogger(FatalErrorLatch.class);

    private final AtomicBoolean happened = new AtomicBoolean();
    private volatile Runnable listener = () -> {};

    /**
     * Sets the listener, which is called on the thread that reports the error, or at once when there was one. It must
     * not block.
     */
    public void tell(Runnable onFatalError) {
        listener = onFatalError;
        if (happened.get()) {
            onFatalError.run();
        }
    }

    public boolean happened() {
        return happened.get();
    }

    public void because(String reason) {
        because(reason, null);
    }

    /** Reports an error that escaped from a thread's work; when memory is exhausted even the log line may fail. */
    void because(String reason, @Nullable Throwable error) {
        if (happened.compareAndSet(false, true)) {
            try {
                LOG.error("worker cannot go on and ends, start another one reason={}", reason, error);
            } finally {
                listener.run();
            }
        }
    }
}
