package avatarmonitor.config;

import avatarmonitor.text.Secrets;
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

    /**
     * Guards every appender from now on, those of an operator's own {@code logback.xml} too: secrets are masked, and libraries write neither whole
     * requests nor floods. See {@link LogGuard}.
     */
    public Logging guard() {
        LogGuards.of(context).place();
        return this;
    }

    /** These are masked in every line from now on, and so is what is added to them later. */
    public void hide(Secrets secrets) {
        secrets.alsoTell(LogGuards.of(context).secrets());
    }

    /** Format as configured; the product's own loggers at the configured level, libraries as in {@code logback.xml}. */
    public void apply(LogConfig config) {
        context.getLogger("avatarmonitor").setLevel(Level.toLevel(config.level().name()));
        LogGuard.NEVER.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
        boolean debugging = config.level().compareTo(LogConfig.Level.DEBUG) >= 0;
        limitOutages(debugging);
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        for (Iterator<Appender<ILoggingEvent>> all = root.iteratorForAppenders(); all.hasNext(); ) {
            Appender<ILoggingEvent> appender = all.next();
            List<Appender<ILoggingEvent>> writers =
                    appender instanceof LogGuard guard ? guard.appenders() : List.of(appender);
            writers.forEach(writer -> encode(writer, config.format()));
        }
    }

    private void encode(Appender<ILoggingEvent> writer, LogConfig.Format format) {
        if (writer instanceof OutputStreamAppender<ILoggingEvent> stream) {
            stream.setEncoder(encoder(format));
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
