package avatarmonitor.testing;

import avatarmonitor.store.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Files of a database that the first test of a build prepares and all others copy, also those in other JVMs:
 * initialising a server and migrating its schema takes longer than most tests. A change of the product's classes or
 * resources makes them anew.
 */
final class PreparedDirectory {
    private static final Path ROOT = Path.of("target", "test-databases").toAbsolutePath();

    private PreparedDirectory() {}

    /**
     * Returns the prepared directory of this name. It must not be changed.
     *
     * @param prepare fills an empty directory; nothing may use it afterwards
     */
    static Path of(String name, Consumer<Path> prepare) {
        try {
            Files.createDirectories(ROOT);
            try (FileChannel file = FileChannel.open(
                            ROOT.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var lock = file.lock()) {
                Path ready = ROOT.resolve(name + "-" + fingerprint());
                if (!Files.exists(ready)) {
                    removeFormer(name);
                    Path unfinished = Files.createTempDirectory(ROOT, name + "-");
                    prepare.accept(unfinished);
                    Files.move(unfinished, ready);
                }
                return ready;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeFormer(String name) throws IOException {
        try (Stream<Path> former = Files.list(ROOT)) {
            former.filter(path -> Files.isDirectory(path)
                            && path.getFileName().toString().startsWith(name + "-"))
                    .forEach(Directories::delete);
        }
    }

    /** Checksum of the product's classes and resources. */
    private static String fingerprint() throws IOException {
        CRC32 sum = new CRC32();
        try (Stream<Path> files = Files.walk(product())) {
            List<Path> sorted = files.filter(Files::isRegularFile).sorted().toList();
            for (Path file : sorted) {
                sum.update(Files.readAllBytes(file));
            }
        }
        return Long.toHexString(sum.getValue());
    }

    /** The folder or the jar that the product's classes come from. */
    private static Path product() {
        try {
            return Path.of(Database.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
