package avatarmonitor.config;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Default name of a worker. */
public final class HostName {
    private static final Path LINUX = Path.of("/proc/sys/kernel/hostname");
    private static final int LONGEST = 64;

    private HostName() {}

    /**
     * Returns the host name; never fails and is never empty. Uses a DNS lookup only as a last resort, since it may take
     * seconds.
     */
    public static String of(Map<String, String> environment) {
        String name = environment.getOrDefault("HOSTNAME", "");
        if (name.isBlank()) {
            name = asked();
        }
        String safe = name.strip().replaceAll("[^A-Za-z0-9._-]", "-");
        return safe.isEmpty() ? "worker" : safe.substring(0, Math.min(LONGEST, safe.length()));
    }

    private static String asked() {
        try {
            return Files.isReadable(LINUX)
                    ? Files.readString(LINUX)
                    : InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "";
        }
    }
}
