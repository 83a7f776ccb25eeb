package avatarmonitor.store.schema;

import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds CHECK constraints of column {@code status}, and of a domain that is its type, which forbid a status that ends
 * of trainings need. Evaluates the constraints' own expressions with each status, so any expression is supported.
 * Constraints over several columns depend on the row and are not checked here.
 */
final class StatusConstraints {
    /** Possible letter cases of a row; samples for {@link AvatarSchema#inCaseOf}. */
    private static final List<String> SPELLINGS = List.of("TRAINING", "training", "Training");

    /** SQLState of a failed CHECK, in PostgreSQL and in H2. */
    private static final Set<String> REFUSED = Set.of("23514", "23513");

    private StatusConstraints() {}

    /**
     * @param expression of a table's constraint; null for a domain's, which a cast evaluates
     * @param type to which the status is cast
     */
    private record Constraint(String name, @Nullable String expression, String type) {}

    /**
     * Returns the constraints that forbid a required status, for the letter case in which the fewest are forbidden;
     * empty when one case allows all.
     */
    static List<String> problems(Connection connection, List<String> words) throws SQLException {
        @Nullable Map<String, Set<String>> best = null;
        List<Constraint> constraints = constraints(connection);
        for (String spelling : constraints.isEmpty() ? List.<String>of() : SPELLINGS) {
            Map<String, Set<String>> forbidden = new LinkedHashMap<>();
            for (String word : words) {
                String candidate = AvatarSchema.inCaseOf(spelling, word);
                for (Constraint constraint : constraints) {
                    if (!allows(connection, constraint, candidate)) {
                        forbidden
                                .computeIfAbsent(constraint.name(), name -> new TreeSet<>())
                                .add(candidate);
                    }
                }
            }
            if (forbidden.isEmpty()) {
                return List.of();
            }
            best = best == null || size(forbidden) < size(best) ? forbidden : best;
        }
        List<String> problems = new ArrayList<>();
        if (best != null) {
            best.forEach((name, candidates) -> problems.add("constraint " + name + " forbids status "
                    + String.join(", ", candidates) + ", change it so that it allows them"));
        }
        return problems;
    }

    private static int size(Map<String, Set<String>> forbidden) {
        return forbidden.values().stream().mapToInt(Set::size).sum();
    }

    private static List<Constraint> constraints(Connection connection) throws SQLException {
        String sql = switch (Dialect.of(connection)) {
            case POSTGRESQL -> """
                    SELECT c.conname AS name, pg_get_expr(c.conbin, c.conrelid) AS expression,
                           format_type(a.atttypid, a.atttypmod) AS type
                    FROM pg_attribute a
                    JOIN pg_constraint c ON c.conrelid = a.attrelid AND c.contype = 'c' AND c.conkey = ARRAY[a.attnum]
                    WHERE a.attrelid = to_regclass('avatars') AND a.attname = 'status' AND NOT a.attisdropped
                    UNION ALL
                    SELECT c.conname, NULL, format_type(a.atttypid, a.atttypmod)
                    FROM pg_attribute a
                    JOIN pg_constraint c ON c.contypid = a.atttypid AND c.contype = 'c'
                    WHERE a.attrelid = to_regclass('avatars') AND a.attname = 'status' AND NOT a.attisdropped""";
            case H2 -> """
                    SELECT k.constraint_name AS name, k.check_clause AS expression, 'varchar' AS type
                    FROM information_schema.check_constraints k
                    JOIN information_schema.constraint_column_usage u
                      ON u.constraint_schema = k.constraint_schema AND u.constraint_name = k.constraint_name
                    WHERE u.table_schema = current_schema AND u.table_name = 'avatars'
                    GROUP BY k.constraint_name, k.check_clause
                    HAVING min(u.column_name) = 'status' AND max(u.column_name) = 'status'
                    UNION ALL
                    SELECT k.constraint_name, NULL, '"' || c.domain_schema || '"."' || c.domain_name || '"'
                    FROM information_schema.columns c
                    JOIN information_schema.domain_constraints k
                      ON k.domain_schema = c.domain_schema AND k.domain_name = c.domain_name
                    WHERE c.table_schema = current_schema AND c.table_name = 'avatars' AND c.column_name = 'status'""";
        };
        return Jdbc.list(
                connection,
                sql,
                row -> new Constraint(row.getString("name"), row.getString("expression"), row.getString("type")));
    }

    private static boolean allows(Connection connection, Constraint constraint, String candidate) throws SQLException {
        String cast = "CAST(? AS " + constraint.type() + ")";
        String sql = constraint.expression() == null
                ? "SELECT " + cast + " IS NOT NULL"
                : "SELECT (" + constraint.expression() + ") FROM (SELECT " + cast + " AS status) avatars";
        try {
            return Jdbc.one(
                    connection,
                    sql,
                    row -> {
                        boolean allowed = row.getBoolean(1);
                        return allowed || row.wasNull();
                    },
                    candidate);
        } catch (SQLException e) {
            // Any failure other than a violation means that the expression cannot be evaluated alone.
            return !REFUSED.contains(String.valueOf(e.getSQLState()));
        }
    }
}
