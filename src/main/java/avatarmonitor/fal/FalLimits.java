package avatarmonitor.fal;

/**
 * What all processes that use the same key share.
 *
 * @param rate the rate limit
 * @param pause pauses of polling
 */
public record FalLimits(RateLimit rate, SharedPause pause) {}
