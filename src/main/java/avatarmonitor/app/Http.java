package avatarmonitor.app;

import avatarmonitor.config.Settings;
import avatarmonitor.fal.webhook.WebhookVerifier;
import avatarmonitor.hint.EarlyChecks;
import avatarmonitor.observe.Load;
import avatarmonitor.store.clock.ClockGate;
import avatarmonitor.web.HttpService;
import avatarmonitor.web.PortTakenException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** HTTP service of a worker with its webhook inbox; both may be switched off. */
final class Http {
    private final @Nullable HttpService service;
    private final @Nullable FalWebhooks webhooks;

    private Http(@Nullable HttpService service, @Nullable FalWebhooks webhooks) {
        this.service = service;
        this.webhooks = webhooks;
    }

    /** Returns a service that serves nothing. */
    static Http none() {
        return new Http(null, null);
    }

    /**
     * Binds the port; answers no requests before {@link #start}.
     *
     * @throws avatarmonitor.config.ConfigException when the port is not available
     */
    static Http bind(Settings settings, Monitor monitor, EarlyChecks checks, Load load, InstantSource clock) {
        if (!settings.http().enabled()) {
            return none();
        }
        String worker = monitor.schedule().worker();
        FalWebhooks webhooks = settings.webhook().enabled()
                ? new FalWebhooks(
                        WebhookVerifier.open(
                                settings.webhook(), settings.egress().fal(), clock),
                        monitor.database(),
                        checks)
                : null;
        HttpService.Parts parts = new HttpService.Parts(
                monitor.database(),
                monitor.avatars()::schema,
                clock,
                new HttpActions(
                        monitor.operator(), settings.trainings(), monitor.database(), monitor.avatars()::schema),
                new Readiness(
                        new Readiness.Checks(
                                monitor.schedule()::hasFailed,
                                monitor.schedule()::firing,
                                ClockGate.of(clock)::trouble,
                                monitor.meters()::sinceLastCheck,
                                () -> unwritten(monitor)),
                        new DatabaseProbe(monitor.database(), worker),
                        clock,
                        monitor.operatorPauses()::all),
                monitor.meters(),
                load,
                webhooks,
                worker,
                version());
        try {
            return new Http(HttpService.bind(settings.http(), parts), webhooks);
        } catch (PortTakenException taken) {
            throw settings.refused(
                    "http.port",
                    "a free port of an address of this machine; " + taken.getMessage(),
                    "choose another one, end what listens there, or leave the key out so that a free one is used");
        }
    }

    /** Starts to answer requests. */
    void start() {
        if (service != null) {
            service.start();
        }
    }

    /** URL of the service; null when it is switched off. */
    @Nullable
    String url() {
        return service == null ? null : service.url();
    }

    /** Accepts no further requests; running ones continue. */
    void stopTaking() {
        if (service != null) {
            service.stopTaking();
        }
        if (webhooks != null) {
            webhooks.stop();
        }
    }

    /** Stops everything; waits for running requests, at most this long. */
    void stop(Duration timeout) throws InterruptedException {
        if (service != null) {
            boolean unused = service.stop(timeout);
        }
    }

    /** Version of this program from its jar. */
    static String version() {
        String version = Http.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** Returns why results of checks cannot be written: the application's table, or the database. */
    private static Optional<String> unwritten(Monitor monitor) {
        return monitor.avatars().problem().or(monitor.check().observations()::failure);
    }
}
