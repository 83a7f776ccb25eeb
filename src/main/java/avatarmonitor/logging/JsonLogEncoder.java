package avatarmonitor.logging;

import avatarmonitor.text.UntrustedText;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Log encoder for JSON: one flat object per line. Replaces logback's encoder, which writes time as a number and nests
 * context and key-values in lists.
 *
 * <p>Names: {@code timestamp} (ISO-8601, UTC), {@code level}, {@code logger}, {@code thread}, {@code message}, {@code
 * stack}; then the context ({@code worker}, {@code avatar}) and the message's key=value parts. The former are never
 * overwritten.
 */
public final class JsonLogEncoder extends EncoderBase<ILoggingEvent> {
    private final Gson gson = new GsonBuilder().disableHtmlEscaping().create();

    @Override
    public byte[] encode(ILoggingEvent event) {
        JsonObject line = new JsonObject();
        line.addProperty("timestamp", Instant.ofEpochMilli(event.getTimeStamp()).toString());
        line.addProperty("level", event.getLevel().toString());
        line.addProperty("logger", event.getLoggerName());
        line.addProperty("thread", event.getThreadName());
        line.addProperty("message", event.getFormattedMessage());
        if (event.getThrowableProxy() != null) {
            line.addProperty("stack", ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        event.getMDCPropertyMap().forEach((name, value) -> addNew(line, name, value));
        LogFields.of(event).forEach(field -> addNew(line, field.name(), field.value()));
        return (UntrustedText.json(gson.toJson(line)) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private void addNew(JsonObject line, String name, @Nullable Object value) {
        boolean plain = value instanceof Integer || value instanceof Long || value instanceof Boolean;
        if (!line.has(name) && value != null) {
            line.add(name, gson.toJsonTree(plain ? value : value.toString()));
        }
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }
}
