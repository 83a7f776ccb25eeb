package avatarmonitor;

import avatarmonitor.cli.AvatarMonitorCli;
import java.util.Locale;
import java.util.TimeZone;
import java.util.logging.LogManager;

/** Entry point. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        SerialFilter.rejectAll();
        neutralizeDefaults();
        System.exit(AvatarMonitorCli.run(args));
    }

    /**
     * Sets neutral defaults: locale and time zone of the JVM affect drivers, SQL and metrics in many places, and
     * libraries log to stderr by java.util.logging what they also throw.
     */
    private static void neutralizeDefaults() {
        Locale.setDefault(Locale.ROOT);
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        LogManager.getLogManager().reset();
    }
}
