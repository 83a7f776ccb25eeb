package avatarmonitor.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Turbo filter that drops every log line while logback reloads its configuration, when appenders may be attached
 * already without a {@link SanitizingAppender} before them. Losing lines is better than leaking secrets.
 */
final class ReloadFilter extends TurboFilter {
    /** Timeout, for a configuration that never finishes loading. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Runnable giveUp;
    private final LongSupplier nanos;
    private final long since;

    /**
     * Drops lines from now on.
     *
     * @param giveUp called by the first line after the timeout; puts the appenders in place and removes this filter
     * @param nanos a monotonic clock
     */
    ReloadFilter(Runnable giveUp, LongSupplier nanos) {
        this.giveUp = giveUp;
        this.nanos = nanos;
        this.since = nanos.getAsLong();
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] parameters,
            @Nullable Throwable failure) {
        if (nanos.getAsLong() - since < TIMEOUT.toNanos()) {
            return FilterReply.DENY;
        }
        giveUp.run();
        return FilterReply.NEUTRAL;
    }
}
