package avatarmonitor.config;

import avatarmonitor.alert.AlertConfig;
import avatarmonitor.check.CancelCause;
import avatarmonitor.http.Loopback;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.web.HttpConfig;
import java.util.List;

/** Finds values that are valid individually but not in combination. */
record CrossFieldRules(ConfigReader values, List<Problem> problems) {
    /** More connections do not make checks faster, since a check mostly waits for fal. */
    static final int CONNECTIONS_OF_CHECKS_MAX = 32;

    void find(Settings settings) {
        notLonger("monitor.interval", "monitor.window", "nothing would be checked");
        notLonger("monitor.window", "monitor.max-age", "monitoring would outlive it");
        shorter("monitor.not-found-grace", "monitor.max-age", "a lost training would never be failed");
        notLonger("reconcile.retry-delay", "reconcile.interval", "the next search would come first");
        shorter("reconcile.interval", "monitor.max-age", "trainings would grow too old between two searches");
        notLonger("monitor.max-age", "history.retention", "events would be deleted while their avatar is monitored");
        // A local queue answers at once and is often polled every second or two, as in the demo and in tests.
        if (values.read("fal.base-url") && !Loopback.is(settings.fal().baseUrl().getHost())) {
            shorter(
                    "fal.timeout",
                    "monitor.interval",
                    "a check could still run when the next one of the same avatar begins");
        }
        HttpConfig http = settings.http();
        if (values.read("http.host", "http.token", "http.tokens-file")
                && http.enabled()
                && !http.loopback()
                && http.tokens().isEmpty()) {
            report(
                    "http.host",
                    "http.token",
                    "an address of this machine alone, such as 127.0.0.1, while there is no http.token",
                    "set http.token (openssl rand -hex 32 makes one): otherwise every client that reaches the port could read everything");
        }
        if (values.read("http.token-for-reading", "http.token", "http.tokens-file")
                && http.enabled()
                && http.tokenForReading() == HttpConfig.TokenForReading.ALWAYS
                && http.tokens().isEmpty()) {
            report(
                    "http.token-for-reading",
                    "http.token",
                    "auto while there is no http.token",
                    "set http.token (openssl rand -hex 32 makes one): otherwise no client could read anything");
        }
        if (values.read("webhook.enabled", "http.enabled") && settings.webhook().enabled() && !http.enabled()) {
            report("webhook.enabled", "http.enabled", "false while no HTTP is served", "set http.enabled = true");
        }
        if (values.read("monitor.cancel-on", "reconcile.stalled-action")
                && settings.cancelOn().contains(CancelCause.STALLED)
                && settings.reconcile().stalledAction() == StalledAction.ERROR) {
            report(
                    "monitor.cancel-on",
                    "reconcile.stalled-action",
                    "without stalled while reconcile.stalled-action is error",
                    "choose one of the two: only a training whose avatar is still in TRAINING is cancelled at fal");
        }
        poolFits(settings.store().poolSize(), settings.schedule().concurrency());
        notLonger("alerts.give-up-after", "history.retention", "events would be deleted before they are delivered");
        together(settings.alerts());
    }

    /** Finds keys that require others, and a password that would be sent unencrypted. */
    private void together(AlertConfig alerts) {
        AlertConfig.Email email = alerts.email();
        if (alerts.callback().url() != null) {
            required("alerts.callback.secret", alerts.callback().secret(), "alerts.callback.url");
        }
        if (!email.to().isEmpty()) {
            required("alerts.email.from", email.from(), "alerts.email.to");
            required("alerts.email.host", email.host(), "alerts.email.to");
        }
        if (!email.user().isEmpty()) {
            required("alerts.email.password", email.password(), "alerts.email.user");
        }
        if (email.tls() == AlertConfig.Tls.NONE
                && !email.password().isEmpty()
                && !Loopback.is(email.host())
                && values.read("alerts.email.tls", "alerts.email.password", "alerts.email.host")) {
            report(
                    "alerts.email.tls",
                    "alerts.email.host",
                    "starttls or tls, or a server on this machine",
                    "choose starttls or tls: otherwise the password would travel in clear");
        }
    }

    private void required(String key, String value, String because) {
        if (value.isEmpty() && values.read(key, because)) {
            report(key, because, "a value", "set " + key + ", or leave " + because + " empty");
        }
    }

    private void poolFits(int poolSize, int concurrency) {
        int least = Math.min(concurrency, CONNECTIONS_OF_CHECKS_MAX) + StoreConfig.BESIDE_CHECKS;
        if (values.read("db.pool-size", "worker.concurrency") && poolSize < least) {
            report(
                    "db.pool-size",
                    "worker.concurrency",
                    "at least worker.concurrency + " + StoreConfig.BESIDE_CHECKS + ", or "
                            + (CONNECTIONS_OF_CHECKS_MAX + StoreConfig.BESIDE_CHECKS) + " if that is less, here "
                            + least,
                    "raise db.pool-size or lower worker.concurrency: checks would wait for connections");
        }
    }

    private void notLonger(String key, String limitKey, String otherwise) {
        if (values.read(key, limitKey) && values.length(key).compareTo(values.length(limitKey)) > 0) {
            report(key, limitKey, "not longer than " + limitKey, "change one of the two: otherwise " + otherwise);
        }
    }

    private void shorter(String key, String limitKey, String otherwise) {
        if (values.read(key, limitKey) && values.length(key).compareTo(values.length(limitKey)) >= 0) {
            report(key, limitKey, "shorter than " + limitKey, "change one of the two: otherwise " + otherwise);
        }
    }

    private void report(String key, String other, String expected, String advice) {
        Setting setting = values.setting(key);
        Setting limit = values.setting(other);
        problems.add(new Problem(
                key,
                setting.origin(),
                setting.shown(),
                expected + " (" + other + " = " + limit.shown() + ", " + limit.origin() + ")",
                advice));
    }
}
