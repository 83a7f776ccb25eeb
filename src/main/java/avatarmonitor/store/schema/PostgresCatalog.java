package avatarmonitor.store.schema;

import avatarmonitor.store.SchemaException;
import avatarmonitor.store.schema.AvatarSchema.Column;
import avatarmonitor.store.schema.AvatarSchema.Kind;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads the schema of the application's table from PostgreSQL's catalog; accepts partitioned and foreign tables, and
 * updatable views.
 */
final class PostgresCatalog {
    private PostgresCatalog() {}

    static Optional<AvatarSchema> avatars(Connection connection, Set<String> wanted) throws SQLException {
        // Domains, nested ones included, count as their base type. A generated column cannot be written, so an optional
        // one is left out.
        String sql = """
                SELECT n.nspname AS schema_name,
                       c.relkind IN ('r', 'p', 'v', 'f') AND pg_relation_is_updatable(c.oid, true) & 4 <> 0 AS updatable,
                       a.attname AS name,
                       format_type(a.atttypid, a.atttypmod) AS type,
                       base.typname AS base_type,
                       base.typtype AS base_typtype,
                       base.modifier,
                       NOT (a.attnotnull OR base.not_null) AS nullable,
                       a.attgenerated <> '' AS generated,
                       (SELECT coalesce(array_agg(e.enumlabel::text ORDER BY e.enumsortorder), '{}')
                        FROM pg_enum e WHERE e.enumtypid = base.oid) AS labels
                FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                CROSS JOIN LATERAL (
                  WITH RECURSIVE type (oid, typname, typtype, typbasetype, typtypmod, modifier, not_null) AS (
                    SELECT t.oid, t.typname, t.typtype, t.typbasetype, t.typtypmod, a.atttypmod, t.typnotnull
                    FROM pg_type t WHERE t.oid = a.atttypid
                    UNION ALL
                    SELECT t.oid, t.typname, t.typtype, t.typbasetype, t.typtypmod, type.typtypmod, type.not_null OR t.typnotnull
                    FROM type JOIN pg_type t ON t.oid = type.typbasetype WHERE type.typtype = 'd'
                  )
                  SELECT oid, typname, typtype, modifier, not_null FROM type WHERE typtype <> 'd'
                ) base
                WHERE c.oid = to_regclass('avatars')
                ORDER BY a.attnum
                """;
        List<Found> found = Jdbc.list(connection, sql, row -> {
            String schema = row.getString("schema_name");
            if (!row.getBoolean("updatable")) {
                throw new SchemaException(
                        schema + ".avatars",
                        List.of(
                                "it is neither a table nor a view whose rows can be updated: give it another name, or make"
                                        + " it one"));
            }
            return new Found(schema, !row.getBoolean("generated"), column(row.getString("name"), row));
        });
        return Found.schema(found, wanted);
    }

    private static Column column(String name, ResultSet row) throws SQLException {
        String type = row.getString("base_type");
        Kind kind = row.getString("base_typtype").equals("e") ? Kind.ENUM : kind(type);
        int modifier = row.getInt("modifier");
        // The modifier of character types includes four bytes of header.
        OptionalInt length = kind == Kind.TEXT && modifier >= 4 ? OptionalInt.of(modifier - 4) : OptionalInt.empty();
        List<String> labels = List.of((String[]) row.getArray("labels").getArray());
        return new Column(name, kind, row.getString("type"), length, row.getBoolean("nullable"), labels);
    }

    private static Kind kind(String type) {
        return switch (type) {
            case "uuid" -> Kind.UUID;
            case "text", "varchar", "bpchar", "citext" -> Kind.TEXT;
            case "int2", "int4", "int8", "numeric", "float4", "float8" -> Kind.NUMBER;
            case "timestamp", "timestamptz" -> Kind.TIME;
            case "json", "jsonb" -> Kind.JSON;
            default -> Kind.OTHER;
        };
    }
}
