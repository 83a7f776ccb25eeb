package avatarmonitor.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.StringTokenizer;

/**
 * For how long this machine has been suspended. Linux counts that time in {@code /proc/uptime} and not in the monotonic clock; elsewhere it
 * is not known.
 */
final class SuspendedTime {
    private static final Path UPTIME = Path.of("/proc/uptime");

    private SuspendedTime() {}

    /** Only differences mean something; always the same where it is not known. */
    static Duration read() {
        try {
            String seconds = new StringTokenizer(Files.readString(UPTIME)).nextToken();
            long millis = Math.round(Double.parseDouble(seconds) * 1000);
            return Duration.ofMillis(millis).minusNanos(System.nanoTime());
        } catch (IOException | RuntimeException unknown) {
            return Duration.ZERO;
        }
    }
}
