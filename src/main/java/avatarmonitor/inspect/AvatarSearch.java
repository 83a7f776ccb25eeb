package avatarmonitor.inspect;

import avatarmonitor.avatar.AsciiCase;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Search for avatars by the beginning of an id or of a request id, or by part of a name. An id is looked up by the
 * primary key; when the text is not one, or no such avatar exists, all rows are read, for at most {@link #TIME_MAX}.
 * Letter case is ignored: for ASCII letters in any database, for others as the database defines it.
 */
public final class AvatarSearch {
    public static final Duration TIME_MAX = Duration.ofSeconds(2);

    /** Minimum length from which the beginning of an id is taken as one. */
    private static final int ID_LENGTH_MIN = 8;

    private static final String DIGITS = "00000000000000000000000000000000";

    private final String condition;
    private final List<Object> parameters;

    private AvatarSearch(String condition, List<Object> parameters) {
        this.condition = condition;
        this.parameters = List.copyOf(parameters);
    }

    /** First and last id with a common beginning. */
    record Ids(UUID first, UUID last) {
        /** Returns the range of ids with this beginning; empty when there is none. */
        static Optional<Ids> beginningWith(String text) {
            String digits = text.replace("-", "");
            if (digits.isEmpty() || !digits.matches("[0-9a-f]{1,32}")) {
                return Optional.empty();
            }
            Ids ids = new Ids(
                    id(digits + DIGITS.substring(digits.length())),
                    id(digits + DIGITS.substring(digits.length()).replace('0', 'f')));
            return Optional.of(ids).filter(found -> found.first().toString().startsWith(text));
        }

        private static UUID id(String digits) {
            return new UUID(
                    Long.parseUnsignedLong(digits.substring(0, 16), 16),
                    Long.parseUnsignedLong(digits.substring(16), 16));
        }
    }

    /**
     * Chooses the kind of search.
     *
     * @param namesWorker whether the list has a column {@code worker}; otherwise the one that checked last is compared
     */
    static AvatarSearch of(Connection connection, AvatarSchema schema, AvatarFilter filter, boolean namesWorker)
            throws SQLException {
        List<String> ofAvatar = new ArrayList<>();
        List<Object> parameters = new ArrayList<>();
        if (!filter.search().isEmpty()) {
            AvatarSearch text = byText(connection, schema, filter.search());
            ofAvatar.add("(" + text.condition + ")");
            parameters.addAll(text.parameters);
        }
        if (!filter.type().isEmpty()) {
            String type = Dialect.beginning("training_type", AvatarNames.LENGTH_MAX);
            ofAvatar.add(Dialect.of(connection).asciiUpper(type) + " = ?");
            parameters.add(AsciiCase.upper(filter.type()));
        }
        List<String> conditions = new ArrayList<>();
        if (!ofAvatar.isEmpty()) {
            conditions.add("avatar_id IN (SELECT id FROM avatars WHERE " + String.join(" AND ", ofAvatar) + ")");
        }
        if (!filter.worker().isEmpty()) {
            conditions.add(
                    namesWorker
                            ? "worker = ?"
                            : "avatar_id IN (SELECT avatar_id FROM avatar_monitoring WHERE last_worker = ?)");
            parameters.add(filter.worker());
        }
        return new AvatarSearch(String.join(" AND ", conditions), parameters);
    }

    private static AvatarSearch byText(Connection connection, AvatarSchema schema, String text) throws SQLException {
        String wanted = text.toLowerCase(Locale.ROOT);
        Optional<Ids> ids = Ids.beginningWith(wanted);
        if (ids.isPresent() && wanted.length() >= ID_LENGTH_MIN && exists(connection, ids.get())) {
            return new AvatarSearch(
                    "id BETWEEN ? AND ?", List.of(ids.get().first(), ids.get().last()));
        }
        return among(Dialect.of(connection), schema, wanted, ids);
    }

    private static boolean exists(Connection connection, Ids ids) throws SQLException {
        return Jdbc.exists(
                connection, "SELECT id FROM avatars WHERE id BETWEEN ? AND ? LIMIT 1", ids.first(), ids.last());
    }

    private static AvatarSearch among(Dialect dialect, AvatarSchema schema, String wanted, Optional<Ids> ids) {
        List<String> conditions = new ArrayList<>();
        List<Object> parameters = new ArrayList<>();
        ids.ifPresent(found -> {
            conditions.add("id BETWEEN ? AND ?");
            parameters.addAll(List.of(found.first(), found.last()));
        });
        String escaped = wanted.replace("!", "!!").replace("%", "!%").replace("_", "!_");
        conditions.add(
                dialect.asciiLower(Dialect.beginning("fal_request_id", AvatarNames.LENGTH_MAX)) + " LIKE ? ESCAPE '!'");
        parameters.add(escaped + "%");
        if (schema.has("name")) {
            conditions.add(dialect.lower(Dialect.beginning("name", AvatarNames.LENGTH_MAX)) + " LIKE ? ESCAPE '!'");
            parameters.add("%" + escaped + "%");
        }
        return new AvatarSearch(String.join(" OR ", conditions), parameters);
    }

    boolean isForAll() {
        return condition.isEmpty();
    }

    /** SQL condition on a row of the list, with {@link #parameters}. */
    String condition() {
        return condition;
    }

    /** Returns the parameters of the condition, followed by these. */
    Object[] parameters(Object... further) {
        return Stream.concat(parameters.stream(), Stream.of(further)).toArray();
    }
}
