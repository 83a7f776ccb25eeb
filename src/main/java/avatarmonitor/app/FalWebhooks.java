package avatarmonitor.app;

import avatarmonitor.background.AtMostEvery;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.webhook.SignedWebhook;
import avatarmonitor.fal.webhook.WebhookVerdict;
import avatarmonitor.fal.webhook.WebhookVerifier;
import avatarmonitor.hint.EarlyChecks;
import avatarmonitor.hint.HintSource;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.web.WebhookInbox;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receiver of fal's webhooks. A verified webhook is only a hint that something happened: it triggers an early check of
 * the avatars of its request, which queries fal's queue. Duplicates and late webhooks are therefore harmless, and the
 * next regular check replaces a lost one. A webhook for a request that no avatar has yields {@code UNKNOWN}, so that
 * fal sends it again: the application may not have committed the row yet.
 */
final class FalWebhooks implements WebhookInbox {
    private static final Logger log = LoggerFactory.getLogger(FalWebhooks.class);

    private final WebhookVerifier verifier;
    private final Database database;
    private final EarlyChecks checks;
    private final AtMostEvery refusedLog = new AtMostEvery(AtMostEvery.MINUTE);

    /** Sends no requests yet. */
    FalWebhooks(WebhookVerifier verifier, Database database, EarlyChecks checks) {
        this.verifier = verifier;
        this.database = database;
        this.checks = checks;
    }

    @Override
    public Taken take(SignedWebhook webhook) {
        WebhookVerdict verdict = verify(webhook);
        if (verdict instanceof WebhookVerdict.Genuine genuine) {
            return genuine(genuine.request());
        }
        return verdict instanceof WebhookVerdict.Refused ? Taken.REFUSED : Taken.LATER;
    }

    private synchronized WebhookVerdict verify(SignedWebhook webhook) {
        WebhookVerdict verdict = verifier.verify(webhook);
        if (verdict instanceof WebhookVerdict.Refused refused && refusedLog.due()) {
            log.warn("webhook refused, logged at most once a minute reason={}", refused.reason());
        }
        return verdict;
    }

    private Taken genuine(FalRequestId request) {
        try {
            if (!isKnown(request)) {
                log.debug("webhook for a request that no avatar has request={}", request);
                return Taken.UNKNOWN;
            }
        } catch (StoreException e) {
            log.atLevel(StoreException.logLevel(e))
                    .log("webhook not processed, fal will resend it request={} error={}", request, e.getMessage());
            return Taken.LATER;
        }
        return checks.check(request, HintSource.WEBHOOK) ? Taken.TAKEN : Taken.LATER;
    }

    /** Returns whether an avatar has this request, with any status. */
    private boolean isKnown(FalRequestId request) {
        return database.read(connection -> {
            return Jdbc.exists(connection, "SELECT 1 FROM avatars WHERE fal_request_id = ? LIMIT 1", request.value());
        });
    }

    /** Stops requests for fal's keys. */
    void stop() {
        verifier.close();
    }
}
