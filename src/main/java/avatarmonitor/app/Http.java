package avatarmonitor.app;

import avatarmonitor.config.Settings;
import avatarmonitor.web.HttpService;
import avatarmonitor.web.PortTakenException;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gives the HTTP side what it works with. */
final class Http {
    private Http() {}

    /**
     * Takes the port; null when no HTTP is wanted.
     *
     * @throws avatarmonitor.config.ConfigException when the port cannot be had
     */
    static @Nullable HttpService bind(Settings settings, Monitor monitor, InstantSource clock) {
        if (!settings.http().enabled()) {
            return null;
        }
        String version = Http.class.getPackage().getImplementationVersion();
        try {
            return HttpService.bind(
                    settings.http(),
                    new HttpService.Parts(
                            monitor.database(),
                            monitor.schema(),
                            clock,
                            new HttpActions(monitor.operator()),
                            Optional::empty,
                            monitor.schedule().worker(),
                            version == null ? "development" : version));
        } catch (PortTakenException taken) {
            throw settings.refused(
                    "http.port",
                    "a free port of an address of this machine; " + taken.getMessage(),
                    "choose another one, end what listens there, or leave the key out so that the next free one is used");
        }
    }
}
