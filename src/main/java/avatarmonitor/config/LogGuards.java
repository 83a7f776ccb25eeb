package avatarmonitor.config;

import avatarmonitor.text.Secrets;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.core.spi.ConfigurationEvent;
import ch.qos.logback.core.spi.ConfigurationEventListener;

/**
 * Keeps a {@link LogGuard} in front of the appenders of every logger, also after logback has reloaded its
 * configuration.
 */
final class LogGuards implements LoggerContextListener, ConfigurationEventListener {
    private final LoggerContext context;
    private final Secrets secrets = new Secrets();

    private LogGuards(LoggerContext context) {
        this.context = context;
    }

    /** Returns the guards of this logger context; creates them when there are none. */
    static LogGuards of(LoggerContext context) {
        return context.getCopyOfListenerList().stream()
                .filter(LogGuards.class::isInstance)
                .map(LogGuards.class::cast)
                .findFirst()
                .orElseGet(() -> {
                    LogGuards made = new LogGuards(context);
                    context.addListener(made);
                    context.addConfigurationEventListener(made);
                    return made;
                });
    }

    Secrets secrets() {
        return secrets;
    }

    void place() {
        context.getLoggerList().forEach(logger -> LogGuard.before(logger, secrets, System::nanoTime));
    }

    @Override
    public void listen(ConfigurationEvent event) {
        place();
    }

    @Override
    public boolean isResetResistant() {
        return true;
    }

    @Override
    public void onStart(LoggerContext started) {}

    @Override
    public void onReset(LoggerContext reset) {}

    @Override
    public void onStop(LoggerContext stopped) {}

    @Override
    public void onLevelChange(Logger logger, Level level) {}
}
