package avatarmonitor.logging;

import avatarmonitor.text.UntrustedText;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/**
 * Log encoder for readable text: {@code 2026-11-22T10:00:00.000Z INFO [worker-1] Reconciler trainings restored count=3
 * avatar=…}. One event is one line, stack traces aside: line ends in text of fal or a user cannot forge a second one.
 */
public final class TextLogEncoder extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final int LEVEL_WIDTH = 5;

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(200);
        TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
        String level = event.getLevel().toString();
        line.append(' ').append(level).append(" ".repeat(Math.max(0, LEVEL_WIDTH - level.length())));
        Map<String, String> context = event.getMDCPropertyMap();
        String worker = context.get("worker");
        if (worker != null) {
            line.append(" [").append(worker).append(']');
        }
        String logger = event.getLoggerName();
        line.append(' ').append(logger.substring(logger.lastIndexOf('.') + 1));
        line.append(' ').append(UntrustedText.escaped(event.getFormattedMessage()));
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                line.append(' ').append(pair.key).append('=').append(UntrustedText.escaped(String.valueOf(pair.value)));
            }
        }
        context.forEach((name, value) -> {
            if (!name.equals("worker")) {
                line.append(' ').append(name).append('=').append(UntrustedText.escaped(value));
            }
        });
        line.append('\n');
        if (event.getThrowableProxy() != null) {
            line.append(ThrowableProxyUtil.asString(CleanEvent.of(event.getThrowableProxy(), UntrustedText::escaped)));
        }
        return line.toString().getBytes(StandardCharsets.UTF_8);
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
