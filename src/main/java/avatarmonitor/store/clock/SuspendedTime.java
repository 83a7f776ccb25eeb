package avatarmonitor.store.clock;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.StringTokenizer;

/**
 * Time for which this machine has been suspended. Linux includes it in {@code /proc/uptime} but not in the monotonic
 * clock; on other systems it is unknown.
 */
final class SuspendedTime {
    private static final Path UPTIME = Path.of("/proc/uptime");

    private SuspendedTime() {}

    /** Returns a value of which only differences are meaningful; constant where it is unknown. */
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
