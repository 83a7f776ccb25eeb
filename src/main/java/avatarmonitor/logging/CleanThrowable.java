package avatarmonitor.logging;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An exception for logging whose messages, and those of its causes, pass through a function. */
final class CleanThrowable implements IThrowableProxy {
    private final IThrowableProxy original;
    private final UnaryOperator<String> texts;

    private CleanThrowable(IThrowableProxy original, UnaryOperator<String> texts) {
        this.original = original;
        this.texts = texts;
    }

    static @Nullable IThrowableProxy of(@Nullable IThrowableProxy original, UnaryOperator<String> texts) {
        return original == null ? null : new CleanThrowable(original, texts);
    }

    @Override
    public @Nullable String getMessage() {
        return clean(original.getMessage());
    }

    @Override
    public @Nullable String getOverridingMessage() {
        return clean(original.getOverridingMessage());
    }

    private @Nullable String clean(@Nullable String text) {
        return text == null ? null : texts.apply(text);
    }

    @Override
    public String getClassName() {
        return original.getClassName();
    }

    @Override
    public StackTraceElementProxy[] getStackTraceElementProxyArray() {
        return original.getStackTraceElementProxyArray();
    }

    @Override
    public int getCommonFrames() {
        return original.getCommonFrames();
    }

    @Override
    public @Nullable IThrowableProxy getCause() {
        return of(original.getCause(), texts);
    }

    @Override
    public IThrowableProxy[] getSuppressed() {
        return Stream.of(original.getSuppressed())
                .map(one -> new CleanThrowable(one, texts))
                .toArray(IThrowableProxy[]::new);
    }

    @Override
    public boolean isCyclic() {
        return original.isCyclic();
    }
}
