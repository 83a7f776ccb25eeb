package avatarmonitor.store;

import java.util.List;

/** The application's {@code avatars} table is not usable; retrying does not help. Contains all problems at once. */
public final class SchemaException extends StoreException {
    private static final long serialVersionUID = 1L;

    public SchemaException(String table, List<String> problems) {
        super("table " + table + " cannot be monitored: " + String.join("; ", problems));
    }
}
