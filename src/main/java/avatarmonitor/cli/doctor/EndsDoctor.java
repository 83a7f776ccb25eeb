package avatarmonitor.cli.doctor;

import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Jdbc;
import java.util.Optional;

/** The part of {@code doctor} that finds trainings that fal has ended and whose end the database refuses. */
final class EndsDoctor {
    private EndsDoctor() {}

    static void examine(Database database, Findings findings) {
        String sql = """
                SELECT count(*) OVER () AS total, k.avatar_id, k.ending, k.refusals, k.refusal
                FROM avatar_monitor_answer k
                JOIN avatar_monitor_training a ON a.avatar_id = k.avatar_id AND a.fal_request_id = k.fal_request_id
                WHERE k.written_at IS NULL
                ORDER BY k.refused_since, k.avatar_id LIMIT 1""";
        Optional<String> refused = database.read(connection -> Jdbc.first(
                connection,
                sql,
                row -> "%d ended %s whose end the database refuses, such as %s (%s, %d in a row): %s"
                        .formatted(
                                row.getLong("total"),
                                row.getLong("total") == 1 ? "training" : "trainings",
                                row.getString("avatar_id"),
                                row.getString("ending"),
                                row.getInt("refusals"),
                                row.getString("refusal"))));
        findings.okOrFail(
                refused.isEmpty(),
                "ends",
                refused.orElse("0 ended trainings whose end the database refuses"),
                "change the constraint, trigger, policy or right that refuses it: fal's answer is kept, the next check writes it");
    }
}
