package avatarmonitor.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** Facts about the machine on which results depend. */
final class Machine {
    private Machine() {}

    static Map<String, String> facts() throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("measured at", Instant.now().truncatedTo(ChronoUnit.MINUTES).toString());
        facts.put(
                "processors",
                Runtime.getRuntime().availableProcessors() + " × " + first("/proc/cpuinfo", "model name"));
        facts.put("memory", first("/proc/meminfo", "MemTotal"));
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        facts.put("load at the start", first("/proc/loadavg", ""));
        return facts;
    }

    private static String first(String file, String name) throws IOException {
        Path path = Path.of(file);
        if (!Files.isReadable(path)) {
            return "unknown";
        }
        return Files.readAllLines(path).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> name.isEmpty()
                        ? line
                        : line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }
}
