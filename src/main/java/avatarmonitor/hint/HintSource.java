package avatarmonitor.hint;

/** Where a hint comes from. */
public enum HintSource {
    WEBHOOK,
    /** fal's platform API. */
    HISTORY
}
