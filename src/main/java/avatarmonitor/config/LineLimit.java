package avatarmonitor.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Rate limit for the log lines of libraries, which may write one for each request of a stranger: for each library at most {@value #LINES_MAX} in 10 s.
 * What is suppressed is counted. Thread-safe; time is an argument, in nanoseconds of {@link System#nanoTime}.
 */
final class LineLimit {
    static final int LINES_MAX = 20;
    static final Duration PERIOD = Duration.ofSeconds(10);

    /** Libraries beyond that share one limit. */
    static final int LIBRARIES_MAX = 50;

    private static final String OTHERS = "others";
    private static final int NAME_PARTS = 3;

    private final Map<String, Window> windows = new HashMap<>();

    /** What one library wrote since some time. */
    private static final class Window {
        private long since;
        private int lines;
        private int suppressed;

        private Window(long since) {
            this.since = since;
        }
    }

    /** Lines of one library that were not written. */
    record Suppressed(String library, int lines) {}

    /** Whether this logger may write one more line. */
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

    /** What was suppressed in periods that are over; each is reported once. */
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

    /** {@code org.eclipse.jetty} of {@code org.eclipse.jetty.http.HttpParser}. */
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
