package avatarmonitor.observe;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sliding window over the requests to fal of the last minute and how many of them fal answered. Time is an argument in
 * {@link System#nanoTime}.
 */
final class RecentRequests {
    private static final int SECONDS = 60;
    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    /** Codes by which fal, or a gateway in front of it, gives no information about the training. */
    private static final Set<String> NO_ANSWERS = Set.of("401", "402", "403", "407", "408", "429");

    private final long[] second = new long[SECONDS];
    private final int[] sent = new int[SECONDS];
    private final int[] answered = new int[SECONDS];
    private long silentSinceNanos;
    private boolean silent;
    private @Nullable String lastFailure;

    /**
     * State at one moment.
     *
     * @param silentFor time since the first unanswered request after the last answered one; null when the last one
     *     was answered
     * @param lastFailure code of the last request when it was not answered; null when it was
     */
    record Snapshot(
            int sent,
            int answered,
            @Nullable Duration silentFor,
            @Nullable String lastFailure) {}

    /** Records a finished request. */
    synchronized void add(String code, long nanos) {
        boolean answer = isAnswer(code);
        int slot = slot(nanos);
        sent[slot]++;
        if (answer) {
            answered[slot]++;
            silent = false;
            lastFailure = null;
        } else {
            if (!silent) {
                silent = true;
                silentSinceNanos = nanos;
            }
            lastFailure = code;
        }
    }

    synchronized Snapshot at(long nanos) {
        long now = Math.floorDiv(nanos, SECOND_NANOS);
        int allSent = 0;
        int allAnswered = 0;
        for (int i = 0; i < SECONDS; i++) {
            if (now - second[i] < SECONDS) {
                allSent += sent[i];
                allAnswered += answered[i];
            }
        }
        Duration silentFor = silent ? Duration.ofNanos(nanos - silentSinceNanos) : null;
        return new Snapshot(allSent, allAnswered, silentFor, lastFailure);
    }

    private int slot(long nanos) {
        long now = Math.floorDiv(nanos, SECOND_NANOS);
        int slot = (int) Math.floorMod(now, (long) SECONDS);
        if (second[slot] != now) {
            second[slot] = now;
            sent[slot] = 0;
            answered[slot] = 0;
        }
        return slot;
    }

    /** Returns whether the code is an answer about the training: 2xx, and 4xx except {@link #NO_ANSWERS}. */
    static boolean isAnswer(String code) {
        return code.length() == 3 && (code.startsWith("2") || code.startsWith("4")) && !NO_ANSWERS.contains(code);
    }
}
