package avatarmonitor.config;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** The one place that changes logging after {@code logback.xml} set it up: quiet text on stderr until told otherwise. */
public final class Logging {
    /** These write whole requests, headers included: the key would be in the log. No configuration turns them on. */
    private static final List<String> NEVER =
            List.of("org.apache.hc.client5.http.wire", "org.apache.hc.client5.http.headers");

    /** Warns of each connection that it replaces. What it cannot do is thrown to whoever wanted a connection. */
    private static final String POOL = "com.zaxxer.hikari.pool";

    private final LoggerContext context;

    public Logging(LoggerContext context) {
        this.context = context;
    }

    /** The logging of this process; empty when the program runs inside something that brought its own. */
    public static Optional<Logging> ofProcess() {
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                ? Optional.of(new Logging(context))
                : Optional.empty();
    }

    /** Format as configured; the product's own loggers at the configured level, libraries as in {@code logback.xml}. */
    public void apply(LogConfig config) {
        context.getLogger("avatarmonitor").setLevel(Level.toLevel(config.level().name()));
        NEVER.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
        boolean debugging = config.level().compareTo(LogConfig.Level.DEBUG) >= 0;
        limitOutages(debugging);
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        for (Iterator<Appender<ILoggingEvent>> all = root.iteratorForAppenders(); all.hasNext(); ) {
            if (all.next() instanceof OutputStreamAppender<ILoggingEvent> appender) {
                appender.setEncoder(encoder(config.format()));
            }
        }
    }

    /** At debug level every failure is logged. */
    private void limitOutages(boolean debugging) {
        context.getTurboFilterList().removeIf(OutageFilter.class::isInstance);
        context.getLogger(POOL).setLevel(debugging ? Level.WARN : Level.ERROR);
        if (!debugging) {
            context.addTurboFilter(new OutageFilter());
        }
    }

    private Encoder<ILoggingEvent> encoder(LogConfig.Format format) {
        Encoder<ILoggingEvent> encoder = switch (format) {
            case TEXT -> new TextLogEncoder();
            case JSON -> new JsonLogEncoder();
        };
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }
}
