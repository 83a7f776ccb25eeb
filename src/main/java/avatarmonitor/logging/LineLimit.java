package avatarmonitor.logging;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rate limit for the log lines of libraries, which may write one for each request of an untrusted client: for each
 * library at most {@value #LINES_MAX} in 10 s. Suppressed lines are counted. Thread-safe; time is an argument, in
 * nanoseconds of {@link System#nanoTime}.
 */
final class LineLimit {
    static final int LINES_MAX = 20;
    static final Duration PERIOD = Duration.ofSeconds(10);

    /** Number of libraries with their own limit; further ones share one. */
    static final int LIBRARIES_MAX = 50;

    private static final String OTHERS = "others";
    private static final int NAME_PARTS = 3;

    private final Map<String, Window> windows = new HashMap<>();

    /** Count of one library's lines since the start of its period. */
    private static final class Window {
        private long since;
        private int lines;
        private int suppressed;

        private Window(long since) {
            this.since = since;
        }
    }

    /** Number of suppressed lines of one library. */
    record Suppressed(String library, int lines) {}

    /** Returns whether this logger may write one more line, and counts it. */
    synchronized boolean admits(String logger, long now) {
        String name = library(logger);
        String library = windows.containsKey(name) || windows.size() < LIBRARIES_MAX ? name : OTHERS;
        Window window = windows.computeIfAbsent(library, unknown -> new Window(now));
        if (now - window.since >= PERIOD.toNanos() && window.suppressed == 0) {
            window.since = now;
            window.lines = 0;
        }
        if (window.lines < LINES_MAX) {
            window.lines++;
            return true;
        }
        window.suppressed++;
        return false;
    }

    /** Returns the suppressed counts of finished periods; each is reported once. */
    synchronized List<Suppressed> ended(long now) {
        List<Suppressed> ended = new ArrayList<>();
        windows.forEach((library, window) -> {
            if (window.suppressed > 0 && now - window.since >= PERIOD.toNanos()) {
                ended.add(new Suppressed(library, window.suppressed));
                window.since = now;
                window.lines = 0;
                window.suppressed = 0;
            }
        });
        return ended;
    }

    /** Returns {@code org.eclipse.jetty} for {@code org.eclipse.jetty.http.HttpParser}. */
    private static String library(String logger) {
        int end = -1;
        for (int part = 0; part < NAME_PARTS; part++) {
            int next = logger.indexOf('.', end + 1);
            if (next < 0) {
                return logger;
            }
            end = next;
        }
        return logger.substring(0, end);
    }
}
