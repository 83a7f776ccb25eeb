package avatarmonitor.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.LoggerContextVO;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;

/** A log event that passes every text an appender can read through a function; numbers and booleans stay unchanged. */
final class CleanEvent implements ILoggingEvent {
    private final ILoggingEvent original;
    private final UnaryOperator<String> texts;

    CleanEvent(ILoggingEvent original, UnaryOperator<String> texts) {
        this.original = original;
        this.texts = texts;
    }

    @Override
    public @Nullable String getMessage() {
        return clean(original.getMessage());
    }

    @Override
    public @Nullable String getFormattedMessage() {
        return clean(original.getFormattedMessage());
    }

    @Override
    public @Nullable Object @Nullable [] getArgumentArray() {
        @Nullable Object[] arguments = original.getArgumentArray();
        return arguments == null
                ? null
                : Stream.of(arguments).map(this::cleanValue).toArray();
    }

    @Override
    public @Nullable IThrowableProxy getThrowableProxy() {
        return CleanThrowable.of(original.getThrowableProxy(), texts);
    }

    @Override
    public Map<String, String> getMDCPropertyMap() {
        Map<String, String> clean = new HashMap<>();
        original.getMDCPropertyMap().forEach((name, value) -> clean.put(name, value == null ? "" : texts.apply(value)));
        return clean;
    }

    @Override
    @SuppressWarnings("deprecation") // Appenders may still call it.
    public Map<String, String> getMdc() {
        return getMDCPropertyMap();
    }

    @Override
    public @Nullable List<KeyValuePair> getKeyValuePairs() {
        List<KeyValuePair> pairs = original.getKeyValuePairs();
        return pairs == null
                ? null
                : pairs.stream()
                        .map(pair -> new KeyValuePair(pair.key, cleanValue(pair.value)))
                        .toList();
    }

    private @Nullable Object cleanValue(@Nullable Object value) {
        return value == null || value instanceof Number || value instanceof Boolean
                ? value
                : texts.apply(String.valueOf(value));
    }

    private @Nullable String clean(@Nullable String text) {
        return text == null ? null : texts.apply(text);
    }

    @Override
    public String getThreadName() {
        return texts.apply(original.getThreadName());
    }

    @Override
    public Level getLevel() {
        return original.getLevel();
    }

    @Override
    public String getLoggerName() {
        return original.getLoggerName();
    }

    @Override
    public LoggerContextVO getLoggerContextVO() {
        return original.getLoggerContextVO();
    }

    @Override
    public StackTraceElement[] getCallerData() {
        return original.getCallerData();
    }

    @Override
    public boolean hasCallerData() {
        return original.hasCallerData();
    }

    @Override
    public List<Marker> getMarkerList() {
        return original.getMarkerList();
    }

    @Override
    public long getTimeStamp() {
        return original.getTimeStamp();
    }

    @Override
    public int getNanoseconds() {
        return original.getNanoseconds();
    }

    @Override
    public long getSequenceNumber() {
        return original.getSequenceNumber();
    }

    @Override
    public void prepareForDeferredProcessing() {
        original.prepareForDeferredProcessing();
    }
}
