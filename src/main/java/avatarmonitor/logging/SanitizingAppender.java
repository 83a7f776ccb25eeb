package avatarmonitor.logging;

import avatarmonitor.logging.LineLimit.Suppressed;
import avatarmonitor.text.Secrets;
import avatarmonitor.text.UntrustedText;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * Appender in front of all appenders of one logger, however they are configured: masks secrets, sanitizes text for
 * layouts that do not, and limits the lines of libraries by level, length and rate. Layouts, filters and levels of an
 * operator's {@code logback.xml} apply after it and cannot undo it.
 */
final class SanitizingAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** Length limit of a library's message or exception message, in UTF-16 units. */
    static final int LENGTH_MAX = 1_000;

    private static final String OURS = "avatarmonitor";

    /** Loggers that would write whole requests, headers included. */
    static final List<String> NEVER = List.of("org.apache.hc.client5.http.wire", "org.apache.hc.client5.http.headers");

    /** Logs fragments of requests at DEBUG, which may cut a secret in two, so that no mask matches. */
    private static final String JETTY = "org.eclipse.jetty";

    private final Secrets secrets;
    private final LineLimit limit = new LineLimit();
    private final Logger logger;
    private final LongSupplier nanos;
    private final List<Appender<ILoggingEvent>> appenders = new ArrayList<>();

    private SanitizingAppender(Logger logger, Secrets secrets, LongSupplier nanos) {
        this.logger = logger;
        this.nanos = nanos;
        this.secrets = secrets;
        setContext(logger.getLoggerContext());
        setName("sanitizing");
    }

    /**
     * Puts such an appender in front of those of a logger, unless it has none or already has one. Nanoseconds are
     * those of {@link System#nanoTime}.
     */
    static void before(Logger logger, Secrets secrets, LongSupplier nanos) {
        SanitizingAppender first = new SanitizingAppender(logger, secrets, nanos);
        for (Iterator<Appender<ILoggingEvent>> all = logger.iteratorForAppenders(); all.hasNext(); ) {
            Appender<ILoggingEvent> appender = all.next();
            if (!(appender instanceof SanitizingAppender)) {
                first.appenders.add(appender);
            }
        }
        if (!first.appenders.isEmpty()) {
            first.start();
            // A concurrent line may be lost here, which is better than leaking a secret.
            first.appenders.forEach(logger::detachAppender);
            logger.addAppender(first);
        }
    }

    List<Appender<ILoggingEvent>> appenders() {
        return List.copyOf(appenders);
    }

    @Override
    protected void append(ILoggingEvent event) {
        long now = nanos.getAsLong();
        limit.ended(now).forEach(this::report);
        boolean foreign = !isBelow(event.getLoggerName(), OURS);
        if (foreign && !mayWrite(event, now)) {
            return;
        }
        for (Appender<ILoggingEvent> appender : appenders) {
            boolean cleans = !foreign && cleansItself(appender);
            appender.doAppend(CleanEvent.of(event, texts(foreign, cleans)));
        }
    }

    private boolean mayWrite(ILoggingEvent event, long now) {
        String name = event.getLoggerName();
        Level level = event.getLevel();
        if (NEVER.stream().anyMatch(never -> isBelow(name, never))) {
            return false;
        }
        boolean chatter = !level.isGreaterOrEqual(Level.INFO);
        return chatter ? !isBelow(name, JETTY) : limit.admits(name, now);
    }

    private UnaryOperator<String> texts(boolean foreign, boolean cleans) {
        if (foreign) {
            return text -> cut(UntrustedText.escaped(secrets.mask(text)));
        }
        return cleans ? secrets::mask : text -> UntrustedText.escaped(secrets.mask(text));
    }

    private static String cut(String text) {
        if (text.length() <= LENGTH_MAX) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LENGTH_MAX - 2)) ? LENGTH_MAX - 2 : LENGTH_MAX - 1;
        return text.substring(0, end) + "…";
    }

    private static boolean cleansItself(Appender<ILoggingEvent> appender) {
        return appender instanceof OutputStreamAppender<ILoggingEvent> stream
                && (stream.getEncoder() instanceof TextLogEncoder || stream.getEncoder() instanceof JsonLogEncoder);
    }

    private static boolean isBelow(String name, String parent) {
        return name.startsWith(parent) && (name.length() == parent.length() || name.charAt(parent.length()) == '.');
    }

    private void report(Suppressed suppressed) {
        Logger own = logger.getLoggerContext().getLogger(SanitizingAppender.class);
        LoggingEvent line = new LoggingEvent(
                Logger.class.getName(),
                own,
                Level.WARN,
                "log lines of a library suppressed library={} lines={}",
                null,
                new Object[] {suppressed.library(), suppressed.lines()});
        appenders.forEach(appender -> appender.doAppend(line));
    }

    @Override
    public void stop() {
        super.stop();
        appenders.forEach(Appender::stop);
    }
}
