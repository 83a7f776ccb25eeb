package avatarmonitor.logging;

import avatarmonitor.text.Secrets;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.core.spi.ConfigurationEvent;
import ch.qos.logback.core.spi.ConfigurationEventListener;
import java.util.function.LongSupplier;

/**
 * Keeps a {@link SanitizingAppender} in front of the appenders of every logger, also after logback has reloaded its
 * configuration.
 */
final class SanitizingAppenders implements LoggerContextListener, ConfigurationEventListener {
    private final LoggerContext context;
    private final LongSupplier nanos;
    private final Secrets secrets = new Secrets();
    private volatile Runnable configured = () -> {};

    private SanitizingAppenders(LoggerContext context, LongSupplier nanos) {
        this.context = context;
        this.nanos = nanos;
    }

    /** Returns the instance of this logger context; creates it when there is none. */
    static SanitizingAppenders of(LoggerContext context) {
        return of(context, System::nanoTime);
    }

    /** @param nanos a monotonic clock */
    static SanitizingAppenders of(LoggerContext context, LongSupplier nanos) {
        return context.getCopyOfListenerList().stream()
                .filter(SanitizingAppenders.class::isInstance)
                .map(SanitizingAppenders.class::cast)
                .findFirst()
                .orElseGet(() -> {
                    SanitizingAppenders made = new SanitizingAppenders(context, nanos);
                    context.addListener(made);
                    context.addConfigurationEventListener(made);
                    return made;
                });
    }

    Secrets secrets() {
        return secrets;
    }

    void place() {
        context.getLoggerList().forEach(logger -> SanitizingAppender.before(logger, secrets, nanos));
    }

    /** Sets a callback that runs whenever logback has reloaded its configuration; the appenders are in place then. */
    void afterConfiguration(Runnable work) {
        configured = work;
    }

    @Override
    public void listen(ConfigurationEvent event) {
        place();
        switch (event.getEventType()) {
            case CONFIGURATION_ENDED_SUCCESSFULLY, CONFIGURATION_ENDED_WITH_XML_PARSING_ERRORS -> ended();
            default -> {
                // Not the end.
            }
        }
    }

    private void ended() {
        configured.run();
        context.getTurboFilterList().removeIf(ReloadFilter.class::isInstance);
    }

    @Override
    public boolean isResetResistant() {
        return true;
    }

    @Override
    public void onStart(LoggerContext started) {}

    @Override
    public void onReset(LoggerContext reset) {
        context.addTurboFilter(new ReloadFilter(
                () -> {
                    place();
                    ended();
                },
                nanos));
    }

    @Override
    public void onStop(LoggerContext stopped) {}

    @Override
    public void onLevelChange(Logger logger, Level level) {}
}
