package avatarmonitor.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.testing.QuartzRows;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries about all avatars touch a few rows per avatar, not all rows; on H2 as well. */
final class H2PlansTest {
    private static final int AVATARS = 1_000;

    /** H2 reports how many rows each step of the plan has touched. */
    private static final Pattern SCANNED = Pattern.compile("scanCount: (\\d+)");

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    private final Database database = fresh.database();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM v_unwatched",
                "SELECT * FROM v_watched",
                "SELECT * FROM v_stalled",
                "SELECT * FROM v_stuck_triggers",
                "overview"
            })
    void rowsAreFoundByIndex(String asked) {
        Sql.run(database, QuartzRows.STATUS_CHECK_JOB, """
                INSERT INTO avatars (id, name, status, training_type, fal_request_id, training_started_at)
                SELECT CAST(lpad(CAST(n AS varchar), 8, '0') || '-0000-4000-8000-000000000000' AS uuid), 'Avatar ' || n, 'TRAINING', 'STYLE',
                       'req-' || n, current_timestamp - INTERVAL '10' MINUTE
                FROM system_range(1, %d) numbers(n)""".formatted(AVATARS), """
                INSERT INTO avatar_monitoring (avatar_id, fal_request_id, watched_since, window_ends_at, checks)
                SELECT id, fal_request_id, current_timestamp, current_timestamp + INTERVAL '1' HOUR, 7 FROM avatars""", """
                INSERT INTO qrtz_triggers
                SELECT 'avatar-monitor', CAST(id AS varchar), 'avatar', 'status-check', 'avatar', NULL,
                       CAST(EXTRACT(EPOCH FROM current_timestamp) * 1000 AS bigint) + 1000, -1, 5, 'WAITING', 'SIMPLE', 1,
                       CAST(EXTRACT(EPOCH FROM current_timestamp) * 1000 AS bigint) + 3600000, NULL, 4, NULL
                FROM avatars""", """
                INSERT INTO qrtz_simple_triggers
                SELECT sched_name, trigger_name, trigger_group, -1, 60000, 7 FROM qrtz_triggers""", "ANALYZE");
        String query = asked.equals("overview") ? Overview.trainingsAndTriggers(Dialect.H2) : asked;

        // The count of a view within a query covers its last use only: the others show in the time, which was 20 s on
        // an idle machine.
        assertThat(took(query)).isLessThan(Duration.ofSeconds(8));
        String plan = String.join("\n", Sql.rows(database, "EXPLAIN ANALYZE " + query));

        assertThat(SCANNED.matcher(plan)
                        .results()
                        .mapToLong((MatchResult found) -> Long.parseLong(found.group(1)))
                        .sum())
                .as(plan)
                .isLessThan(AVATARS * 100L);
    }

    private Duration took(String query) {
        long began = System.nanoTime();
        assertThat(Sql.rows(database, "SELECT count(*) FROM (" + query + ") asked"))
                .hasSize(1);
        return Duration.ofNanos(System.nanoTime() - began);
    }
}
