package avatarmonitor.store;

import java.util.List;

/** The application's {@code avatars} table cannot be worked with; trying again does not help. Names every reason at once. */
public final class SchemaException extends StoreException {
    private static final long serialVersionUID = 1L;

    SchemaException(String table, List<String> problems) {
        super("table " + table + " cannot be monitored: " + String.join("; ", problems));
    }
}
