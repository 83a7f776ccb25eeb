package avatarmonitor.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Versions of the program, Java and Quartz. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"avatar-monitor " + ofProgram()};
    }

    /** Version from the manifest of the jar; {@code development} when run from compiled classes. */
    static String ofProgram() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    static String ofJava() {
        return System.getProperty("java.vendor") + " " + Runtime.version();
    }

    /** Version from the file from which Quartz itself reads it. */
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
