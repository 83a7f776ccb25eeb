package avatarmonitor.config;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What a worker is called that was given no name. */
public final class HostName {
    private static final Path LINUX = Path.of("/proc/sys/kernel/hostname");
    private static final int LONGEST = 64;

    private HostName() {}

    /** Never fails and never empty. A name server is asked only where nothing else knows, because that may take seconds. */
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
