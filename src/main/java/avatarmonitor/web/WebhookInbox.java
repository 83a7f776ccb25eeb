package avatarmonitor.web;

import avatarmonitor.fal.SignedWebhook;

/** Where fal's webhooks go. */
public interface WebhookInbox {
    /** What became of one. */
    enum Taken {
        /** It is fal's; what it tells about is looked at. */
        TAKEN,
        /** It is fal's, and no avatar has its request: fal should send it again, since the row may not be committed yet. */
        UNKNOWN,
        /** It is not fal's. */
        REFUSED,
        /** Not now: fal should send it again. */
        LATER
    }

    /** Judges one and remembers it; may take as long as one question for fal's keys. */
    Taken take(SignedWebhook webhook);
}
