package avatarmonitor.cli.doctor;

import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Jdbc;
import java.util.function.Consumer;

/** The part of {@code doctor} that finds trainings that fal has ended and whose end the database refuses. */
final class EndsDoctor {
    private EndsDoctor() {}

    static void examine(Database database, Consumer<DoctorResult> findings) {
        String sql = """
                SELECT count(*) OVER () AS total, k.avatar_id, k.ending, k.refusals, k.refusal
                FROM avatar_monitor_answer k
                JOIN avatar_monitor_training a ON a.avatar_id = k.avatar_id AND a.fal_request_id = k.fal_request_id
                WHERE k.written_at IS NULL
                ORDER BY k.refused_since, k.avatar_id LIMIT 1""";
        findings.accept(database.read(connection -> {
            return Jdbc.first(connection, sql, row -> {
                        long total = row.getLong("total");
                        return DoctorResult.fail(
                                "ends",
                                "%d ended %s whose end the database refuses, such as %s (%s, %d in a row): %s"
                                        .formatted(
                                                total,
                                                total == 1 ? "training" : "trainings",
                                                row.getString("avatar_id"),
                                                row.getString("ending"),
                                                row.getInt("refusals"),
                                                row.getString("refusal")),
                                "change the constraint, trigger, policy or right that refuses it: fal's answer is kept, the next check writes it");
                    })
                    .orElse(DoctorResult.ok("ends", "0 ended trainings whose end the database refuses"));
        }));
    }
}
