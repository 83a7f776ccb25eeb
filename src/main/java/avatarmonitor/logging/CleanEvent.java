package avatarmonitor.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Log events, and exceptions in them, that pass every text an appender can read through a function, whichever method
 * returns it; numbers and booleans stay unchanged.
 */
final class CleanEvent {
    private CleanEvent() {}

    static ILoggingEvent of(ILoggingEvent original, UnaryOperator<String> texts) {
        return clean(ILoggingEvent.class, original, texts);
    }

    static IThrowableProxy of(IThrowableProxy original, UnaryOperator<String> texts) {
        return clean(IThrowableProxy.class, original, texts);
    }

    private static <T> T clean(Class<T> type, T original, UnaryOperator<String> texts) {
        InvocationHandler handler = (self, method, arguments) -> {
            try {
                Object value = method.invoke(original, arguments);
                return value instanceof Object[] all && method.getReturnType() == Object[].class
                        ? Stream.of(all).map(one -> argument(one, texts)).toArray()
                        : result(value, texts);
            } catch (InvocationTargetException e) {
                throw e.getTargetException();
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object result(@Nullable Object value, UnaryOperator<String> texts) {
        if (value instanceof String text) {
            return texts.apply(text);
        } else if (value instanceof IThrowableProxy failure) {
            return of(failure, texts);
        } else if (value instanceof IThrowableProxy[] failures) {
            return Stream.of(failures).map(one -> of(one, texts)).toArray(IThrowableProxy[]::new);
        } else if (value instanceof Map<?, ?> context) {
            Map<Object, String> clean = new HashMap<>();
            context.forEach((name, one) -> clean.put(name, one == null ? "" : texts.apply(one.toString())));
            return clean;
        } else if (value instanceof List<?> list) {
            return list.stream()
                    .map(one -> one instanceof KeyValuePair pair
                            ? new KeyValuePair(pair.key, argument(pair.value, texts))
                            : one)
                    .toList();
        }
        return value;
    }

    private static @Nullable Object argument(@Nullable Object value, UnaryOperator<String> texts) {
        return value == null || value instanceof Number || value instanceof Boolean
                ? value
                : texts.apply(value.toString());
    }
}
