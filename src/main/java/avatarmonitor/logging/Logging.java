package avatarmonitor.logging;

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

/** Changes the logging configuration after {@code logback.xml}; no other class does. */
public final class Logging {
    /** Warns of each connection that it replaces. Failures also reach the caller as exceptions. */
    private static final String POOL = "com.zaxxer.hikari.pool";

    private final LoggerContext context;

    public Logging(LoggerContext context) {
        this.context = context;
    }

    /** Returns the logging of this process; empty when another SLF4J backend than logback is in use. */
    public static Optional<Logging> ofProcess() {
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                ? Optional.of(new Logging(context))
                : Optional.empty();
    }

    /**
     * Guards every appender, those of an operator's own {@code logback.xml} included: masks secrets, and keeps
     * libraries from logging whole requests or floods. See {@link SanitizingAppender}.
     */
    public Logging guard() {
        SanitizingAppenders.of(context).place();
        return this;
    }

    /** Masks these secrets, and those added to them later, in every line. */
    public void hide(Secrets secrets) {
        secrets.copyTo(SanitizingAppenders.of(context).secrets());
    }

    /**
     * Applies the configured format, and the configured level to the product's own loggers; libraries keep the levels
     * of {@code logback.xml}.
     */
    public void apply(LogConfig config) {
        SanitizingAppenders.of(context).afterConfiguration(() -> set(config));
        set(config);
    }

    private void set(LogConfig config) {
        context.getLogger("avatarmonitor").setLevel(Level.toLevel(config.level().name()));
        SanitizingAppender.NEVER.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
        boolean debugging = config.level().compareTo(LogConfig.Level.DEBUG) >= 0;
        limitOutages(debugging);
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        for (Iterator<Appender<ILoggingEvent>> all = root.iteratorForAppenders(); all.hasNext(); ) {
            Appender<ILoggingEvent> appender = all.next();
            List<Appender<ILoggingEvent>> writers =
                    appender instanceof SanitizingAppender sanitizing ? sanitizing.appenders() : List.of(appender);
            writers.forEach(writer -> encode(writer, config.format()));
        }
    }

    private void encode(Appender<ILoggingEvent> writer, LogConfig.Format format) {
        if (writer instanceof OutputStreamAppender<ILoggingEvent> stream) {
            stream.setEncoder(encoder(format));
        }
    }

    /** Suppresses repeated outage messages, except at debug level, where every failure is logged. */
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
