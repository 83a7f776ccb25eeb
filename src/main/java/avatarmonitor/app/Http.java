package avatarmonitor.app;

import avatarmonitor.config.Settings;
import avatarmonitor.observe.Load;
import avatarmonitor.web.HttpService;
import avatarmonitor.web.PortTakenException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Gives the HTTP side what it works with. */
final class Http {
    private Http() {}

    /**
     * Takes the port; null when no HTTP is wanted.
     *
     * @throws avatarmonitor.config.ConfigException when the port cannot be had
     */
    static @Nullable HttpService bind(Settings settings, Monitor monitor, Load load, InstantSource clock) {
        if (!settings.http().enabled()) {
            return null;
        }
        try {
            return HttpService.bind(
                    settings.http(),
                    new HttpService.Parts(
                            monitor.database(),
                            monitor.schema(),
                            clock,
                            new HttpActions(monitor.operator()),
                            new Readiness(monitor.database(), monitor.schedule()),
                            monitor.meters(),
                            load,
                            monitor.schedule().worker(),
                            version()));
        } catch (PortTakenException taken) {
            throw settings.refused(
                    "http.port",
                    "a free port of an address of this machine; " + taken.getMessage(),
                    "choose another one, end what listens there, or leave the key out so that the next free one is used");
        }
    }

    /** Of this program, as its jar says. */
    static String version() {
        String version = Http.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
