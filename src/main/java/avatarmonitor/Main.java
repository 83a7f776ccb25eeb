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
     * Digits, letter case and zone of the JVM reach drivers, SQL and metrics in many places, and libraries report by java.util.logging on stderr what
     * they also throw.
     */
    private static void neutralizeDefaults() {
        Locale.setDefault(Locale.ROOT);
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        LogManager.getLogManager().reset();
    }
}
