package avatarmonitor.fal.webhook;

import avatarmonitor.fal.FalRequestId;

/** Result of verifying a webhook. */
public sealed interface WebhookVerdict {
    /** Valid; concerns this request. */
    record Genuine(FalRequestId request) implements WebhookVerdict {}

    /** Invalid; the reason is for the log. */
    record Refused(String reason) implements WebhookVerdict {}

    /** Unknown: fal's keys are not available now. */
    record Undecided() implements WebhookVerdict {}
}
