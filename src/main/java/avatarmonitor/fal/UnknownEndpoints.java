package avatarmonitor.fal;

import avatarmonitor.fal.answer.FalAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Tracks applications that fal does not have: errors of the configuration, since the trainings were submitted to
 * another one. Reports each once, and when none is left. Does not stop requests: other applications are not affected,
 * and only a request shows that a fault is corrected.
 */
final class UnknownEndpoints {
    /**
     * Time after which an entry is removed, since requests end when the trainings were cancelled or ended by others.
     */
    static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

    /** Limit of entries. */
    static final int ENDPOINTS_MAX = 100;

    private final EndpointListener listener;
    /** Time when each was last found unknown. Guarded by this. */
    private final Map<String, Instant> unknown = new HashMap<>();
    /** Pending calls of the listener, in order. */
    private final Queue<Runnable> notifications = new ConcurrentLinkedQueue<>();

    UnknownEndpoints(EndpointListener listener) {
        this.listener = listener;
    }

    /** Evaluates the answer to one request. */
    void answered(FalRequest request, FalAnswer answer, Instant now) {
        String endpoint = request.endpoint();
        if (answer instanceof FalAnswer.ApplicationUnknown missing) {
            found(endpoint, missing.detail(), now);
        } else if (isAboutTheRequest(answer)) {
            known(endpoint);
        }
        notifyListener();
    }

    /** Removes entries that were not used for {@link #FORGOTTEN_AFTER}. */
    void expire(Instant now) {
        synchronized (this) {
            if (unknown.values().removeIf(at -> at.isBefore(now.minus(FORGOTTEN_AFTER))) && unknown.isEmpty()) {
                notifications.add(listener::endpointsKnown);
            }
        }
        notifyListener();
    }

    private synchronized void found(String endpoint, String detail, Instant now) {
        if (unknown.containsKey(endpoint) || unknown.size() < ENDPOINTS_MAX) {
            if (unknown.put(endpoint, now) == null) {
                notifications.add(() -> listener.endpointUnknown(endpoint, detail));
            }
        }
    }

    private synchronized void known(String endpoint) {
        if (unknown.remove(endpoint) != null && unknown.isEmpty()) {
            notifications.add(listener::endpointsKnown);
        }
    }

    private void notifyListener() {
        for (Runnable next = notifications.poll(); next != null; next = notifications.poll()) {
            next.run();
        }
    }

    /** Returns whether it is an answer about the request, which shows that the application exists. */
    private static boolean isAboutTheRequest(FalAnswer answer) {
        return !(answer instanceof FalAnswer.Unavailable
                || answer instanceof FalAnswer.Held
                || answer instanceof FalAnswer.RateLimited
                || answer instanceof FalAnswer.AccessRefused
                || answer instanceof FalAnswer.RequestRefused);
    }
}
