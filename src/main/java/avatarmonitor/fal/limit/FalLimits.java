package avatarmonitor.fal.limit;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What all processes that use the same key share.
 *
 * @param rate the rate limit
 * @param pause pauses of polling that fal demands
 * @param pausedByOperator whether an operator has paused polling of a training type; null is an unknown type
 */
public record FalLimits(RateLimit rate, SharedPause pause, Predicate<@Nullable String> pausedByOperator) {}
