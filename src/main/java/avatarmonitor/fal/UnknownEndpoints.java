package avatarmonitor.fal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The applications that fal says it does not have: faults of the configuration, since what was submitted was taken by some other one.
 * Tells the listener about each of them once, and when none is left. Stops nothing: other applications are not concerned, and only
 * asking shows that a fault is gone.
 */
final class UnknownEndpoints {
    /** Nobody asks about an application any more when its trainings were cancelled or ended by others. */
    static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

    /** More say nothing new. */
    static final int ENDPOINTS_MAX = 100;

    private final EndpointListener listener;
    /** When each was last found unknown. Guarded by this. */
    private final Map<String, Instant> unknown = new HashMap<>();
    /** What the listener was not told yet, in order. Guarded by this. */
    private final Queue<Runnable> news = new ArrayDeque<>();

    UnknownEndpoints(EndpointListener listener) {
        this.listener = listener;
    }

    /** What a question about one request came to. */
    void heard(FalRequest request, FalAnswer answer, Instant now) {
        String endpoint = request.endpoint();
        if (answer instanceof FalAnswer.ApplicationUnknown missing) {
            found(endpoint, missing.detail(), now);
        } else if (isAboutTheRequest(answer)) {
            known(endpoint);
        }
        tell();
    }

    /** Removes entries that were not used for long. */
    void look(Instant now) {
        synchronized (this) {
            if (unknown.values().removeIf(at -> at.isBefore(now.minus(FORGOTTEN_AFTER))) && unknown.isEmpty()) {
                news.add(listener::endpointsKnown);
            }
        }
        tell();
    }

    private synchronized void found(String endpoint, String detail, Instant now) {
        if (unknown.containsKey(endpoint) || unknown.size() < ENDPOINTS_MAX) {
            if (unknown.put(endpoint, now) == null) {
                news.add(() -> listener.endpointUnknown(endpoint, detail));
            }
        }
    }

    private synchronized void known(String endpoint) {
        if (unknown.remove(endpoint) != null && unknown.isEmpty()) {
            news.add(listener::endpointsKnown);
        }
    }

    private void tell() {
        for (Runnable next = next(); next != null; next = next()) {
            next.run();
        }
    }

    private synchronized @Nullable Runnable next() {
        return news.poll();
    }

    /** Whatever is no answer about a request says nothing about the application either. */
    private static boolean isAboutTheRequest(FalAnswer answer) {
        return !(answer instanceof FalAnswer.Unavailable
                || answer instanceof FalAnswer.Held
                || answer instanceof FalAnswer.RateLimited
                || answer instanceof FalAnswer.AccessRefused
                || answer instanceof FalAnswer.RequestRefused);
    }
}
