package avatarmonitor.fal;

/** Whether a webhook is fal's. */
public sealed interface WebhookVerdict {
    /** It is, and tells about this request. */
    record Genuine(FalRequestId request) implements WebhookVerdict {}

    /** It is not, or cannot be; the reason is for the log. */
    record Refused(String reason) implements WebhookVerdict {}

    /** Nobody knows: fal's keys cannot be had now. */
    record Undecided() implements WebhookVerdict {}
}
