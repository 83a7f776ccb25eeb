package avatarmonitor.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/** Extracts the key=value parts of a log message as fields for structured logging. */
final class LogFields {
    private static final Pattern PLACE = Pattern.compile("(?:([A-Za-z][A-Za-z0-9_.-]*)=)?\\{}");

    private LogFields() {}

    record Field(String name, @Nullable Object value) {}

    /** Returns the fields of a message such as {@code "restored count={}"}, then those of the fluent API. */
    static List<Field> of(ILoggingEvent event) {
        List<Field> fields = new ArrayList<>();
        @Nullable Object[] arguments = event.getArgumentArray();
        if (event.getMessage() != null && arguments != null) {
            Matcher place = PLACE.matcher(event.getMessage());
            for (int i = 0; i < arguments.length && place.find(); i++) {
                if (place.group(1) != null) {
                    fields.add(new Field(place.group(1), arguments[i]));
                }
            }
        }
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                fields.add(new Field(pair.key, pair.value));
            }
        }
        return fields;
    }
}
