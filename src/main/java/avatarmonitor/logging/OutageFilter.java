package avatarmonitor.logging;

import avatarmonitor.store.StoreException;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Drops the stack traces that libraries log for each connection and statement that fails during a database outage.
 * {@link avatarmonitor.store.DatabaseOutage} reports the outage once.
 */
final class OutageFilter extends TurboFilter {

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] parameters,
            @Nullable Throwable failure) {
        Throwable shown = failure == null ? last(parameters) : failure;
        return shown != null && StoreException.unavailable(shown) ? FilterReply.DENY : FilterReply.NEUTRAL;
    }

    private static @Nullable Throwable last(Object @Nullable [] parameters) {
        return parameters != null
                        && parameters.length > 0
                        && parameters[parameters.length - 1] instanceof Throwable last
                ? last
                : null;
    }
}
