package avatarmonitor.hint;

/** Source of a hint. */
public enum HintSource {
    WEBHOOK,
    /** fal's platform API. */
    HISTORY
}
