package avatarmonitor.app;

import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.SignedWebhook;
import avatarmonitor.fal.WebhookVerdict;
import avatarmonitor.fal.WebhookVerifier;
import avatarmonitor.hint.EarlyChecks;
import avatarmonitor.hint.HintSource;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.web.WebhookInbox;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes fal's webhooks. What one says is believed no further than that something happened: the avatars of its request are checked at once,
 * which asks fal's queue. So a copy and a late one do no harm, and one that is lost is replaced by the next check. One whose request no
 * avatar has is refused, so that fal sends it again: the application may not have committed the row yet.
 */
final class FalWebhooks implements WebhookInbox {
    private static final Logger log = LoggerFactory.getLogger(FalWebhooks.class);

    private static final Duration LOG_PAUSE = Duration.ofMinutes(1);

    private final WebhookVerifier verifier;
    private final Database database;
    private final EarlyChecks checks;
    private long refusedNanos = System.nanoTime() - LOG_PAUSE.toNanos();

    /** Asks nobody yet. */
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
        if (verdict instanceof WebhookVerdict.Refused refused
                && System.nanoTime() - refusedNanos >= LOG_PAUSE.toNanos()) {
            refusedNanos = System.nanoTime();
            log.warn("webhook refused, told at most once a minute reason={}", refused.reason());
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
                    .log("webhook is left to be sent again request={} error={}", request, e.getMessage());
            return Taken.LATER;
        }
        return checks.check(request, HintSource.WEBHOOK) ? Taken.TAKEN : Taken.LATER;
    }

    /** Whether an avatar has this request, in whatever status. */
    private boolean isKnown(FalRequestId request) {
        return database.read(connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT 1 FROM avatars WHERE fal_request_id = ? LIMIT 1")) {
                select.setString(1, request.value());
                try (ResultSet row = select.executeQuery()) {
                    return row.next();
                }
            }
        });
    }

    /** Asks for no key any more. */
    void stop() {
        verifier.close();
    }
}
