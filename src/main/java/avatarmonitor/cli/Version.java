package avatarmonitor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Which builds are at work; the first thing that a bug report needs. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"avatar-monitor " + ofProgram()};
    }

    /** From the manifest of the jar; {@code development} when run from compiled classes. */
    static String ofProgram() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    static String ofJava() {
        return System.getProperty("java.vendor") + " " + Runtime.version();
    }

    /** From the file that Quartz itself reads its version from. */
    static String ofQuartz() {
        try (InputStream file = Version.class.getResourceAsStream("/org/quartz/core/quartz-build.properties")) {
            Properties build = new Properties();
            if (file != null) {
                build.load(file);
            }
            return build.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
