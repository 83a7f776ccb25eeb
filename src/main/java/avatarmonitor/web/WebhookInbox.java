package avatarmonitor.web;

import avatarmonitor.fal.webhook.SignedWebhook;

/** Receiver of fal's webhooks. */
public interface WebhookInbox {
    /** Result of a webhook. */
    enum Taken {
        /** From fal; an early check is queued. */
        TAKEN,
        /**
         * From fal, but no avatar has its request: fal should send it again, since the row may not be committed yet.
         */
        UNKNOWN,
        /** Not from fal. */
        REFUSED,
        /** Temporarily not possible: fal should send it again. */
        LATER
    }

    /** Verifies a webhook and queues it; may take as long as a request for fal's keys. */
    Taken take(SignedWebhook webhook);
}
