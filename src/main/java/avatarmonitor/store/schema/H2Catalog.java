package avatarmonitor.store.schema;

import avatarmonitor.store.schema.AvatarSchema.Column;
import avatarmonitor.store.schema.AvatarSchema.Kind;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads the schema of the application's table from H2's catalog. */
final class H2Catalog {
    private H2Catalog() {}

    static Optional<AvatarSchema> avatars(Connection connection, Set<String> wanted) throws SQLException {
        String sql = """
                SELECT table_schema, column_name, data_type, character_maximum_length, is_nullable, is_generated,
                       dtd_identifier
                FROM information_schema.columns
                WHERE table_schema = current_schema AND table_name = 'avatars'
                ORDER BY ordinal_position
                """;
        List<Found> found = Jdbc.list(connection, sql, row -> {
            String name = row.getString("column_name");
            boolean writable = row.getString("is_generated").equals("NEVER");
            return new Found(row.getString("table_schema"), writable, column(connection, name, row));
        });
        return Found.schema(found, wanted);
    }

    private static Column column(Connection connection, String name, ResultSet row) throws SQLException {
        String type = row.getString("data_type").toLowerCase(Locale.ROOT);
        Kind kind = kind(type);
        int characters = row.getInt("character_maximum_length");
        OptionalInt length =
                type.startsWith("character") && characters > 0 ? OptionalInt.of(characters) : OptionalInt.empty();
        List<String> labels = kind == Kind.ENUM ? labels(connection, row.getString("dtd_identifier")) : List.of();
        String shown = length.isPresent() ? type + "(" + characters + ")" : type;
        return new Column(
                name, kind, shown, length, row.getString("is_nullable").equals("YES"), labels);
    }

    private static List<String> labels(Connection connection, String enumId) throws SQLException {
        String sql = """
                SELECT value_name FROM information_schema.enum_values
                WHERE object_schema = current_schema AND object_name = 'avatars' AND object_type = 'TABLE'
                  AND enum_identifier = ?
                ORDER BY value_ordinal
                """;
        return List.copyOf(Jdbc.list(connection, sql, row -> row.getString(1), enumId));
    }

    private static Kind kind(String type) {
        return switch (type) {
            case "uuid" -> Kind.UUID;
            case "character varying", "character", "varchar_ignorecase", "character large object" -> Kind.TEXT;
            case "enum" -> Kind.ENUM;
            case "smallint", "integer", "bigint", "numeric", "decfloat", "real", "double precision" -> Kind.NUMBER;
            case "timestamp", "timestamp with time zone" -> Kind.TIME;
            case "json" -> Kind.JSON;
            default -> Kind.OTHER;
        };
    }
}
