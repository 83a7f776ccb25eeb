package avatarmonitor.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.inspect.AvatarList.Wanted;
import avatarmonitor.store.Database;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.testing.QuartzRows;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.sql.Statement;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Queries for operators with very many monitored trainings; queries for one avatar use an index. */
class ManyAvatarsTest {
    private static final int MANY = Integer.getInteger("avatars", 20_000);
    private static final TestDatabase.Fresh FRESH = TestDatabase.POSTGRESQL_18.fresh();
    private static final Database DATABASE = FRESH.database();

    @BeforeAll
    static void fill() {
        run(
                QuartzRows.STATUS_CHECK_JOB,
                """
                INSERT INTO avatars (id, name, status, training_type, fal_request_id, training_started_at)
                SELECT CAST(lpad(to_hex(n), 8, '0') || '-0000-4000-8000-000000000000' AS uuid), 'Avatar ' || n, 'TRAINING', 'STYLE',
                       'req-' || n, current_timestamp - INTERVAL '10' MINUTE
                FROM generate_series(1, %d) n""".formatted(MANY),
                """
                INSERT INTO avatar_monitoring (avatar_id, fal_request_id, watched_since, window_ends_at, checks)
                SELECT id, fal_request_id, current_timestamp, current_timestamp + INTERVAL '1' HOUR, 7 FROM avatars""",
                """
                INSERT INTO qrtz_triggers
                SELECT 'avatar-monitor', CAST(id AS varchar), 'avatar', 'status-check', 'avatar', NULL,
                       (EXTRACT(EPOCH FROM current_timestamp) * 1000)::bigint + 600 * (row_number() OVER (ORDER BY id)) %% 60000 + 1000, -1, 5, 'WAITING', 'SIMPLE', 1,
                       (EXTRACT(EPOCH FROM current_timestamp) * 1000)::bigint + 3600000, NULL, 4, NULL
                FROM avatars""".replace("%%", "%"),
                "ANALYZE",
                """
                INSERT INTO qrtz_simple_triggers
                SELECT sched_name, trigger_name, trigger_group, -1, 60000, 7 FROM qrtz_triggers""",
                """
                INSERT INTO avatar_event (at, avatar_id, fal_request_id, worker, type, detail)
                SELECT current_timestamp, id, fal_request_id, 'w', 'watching', '{}' FROM avatars""",
                """
                INSERT INTO avatar_monitor_check (at, avatar_id, worker, outcome, took_ms)
                SELECT current_timestamp, id, 'w', 'still_training', 3 FROM avatars""",
                "ANALYZE");
    }

    /** Runs without statement timeout, which is made for a worker's statements. */
    private static void run(String... statements) {
        boolean unused = DATABASE.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL statement_timeout = 0");
                for (String sql : statements) {
                    statement.execute(sql);
                }
                return true;
            }
        });
    }

    @AfterAll
    static void drop() {
        FRESH.close();
    }

    private final AvatarSchema schema = AvatarSchema.read(DATABASE);

    @Test
    void pagesShowEveryRowOnce() {
        Set<Object> seen = new HashSet<>();
        AvatarList.Page page;
        int offset = 0;
        do {
            page = AvatarList.WATCHED.page(
                    DATABASE, schema, new Wanted(new AvatarFilter("", "", ""), "next_check_at", false, 5_000, offset));
            page.rows()
                    .forEach(row -> assertThat(seen.add(row.get("avatar_id"))).isTrue());
            offset += 5_000;
        } while (page.more());
        assertThat(seen).hasSize(MANY);
        assertThat(AvatarList.UNWATCHED
                        .first(DATABASE, schema, new AvatarFilter("", "", ""), 1)
                        .rows())
                .isEmpty();
        assertThat(Overview.read(DATABASE, Instant.now()).counts())
                .containsEntry("training", (long) MANY)
                .containsEntry("watched", (long) MANY)
                .containsEntry("unwatched", 0L);
    }

    @Test
    void pageIsSortedByWhatWasWanted() {
        List<Object> times = AvatarList.WATCHED
                .page(DATABASE, schema, new Wanted(new AvatarFilter("", "", ""), "next_check_at", true, 100, 100))
                .rows()
                .stream()
                .map(row -> row.get("next_check_at"))
                .toList();
        assertThat(times)
                .hasSize(100)
                .isSortedAccordingTo(Comparator.comparing(Instant.class::cast).reversed());
    }

    @Test
    void searchFindsByNameIdAndRequest() {
        assertThat(found("avatar 77")).contains("Avatar 77", "Avatar 770").doesNotContain("Avatar 177");
        assertThat(found("0000004D-0000")).containsExactly("Avatar 77");
        assertThat(found("REQ-1999")).contains("Avatar 1999", "Avatar 19990").doesNotContain("Avatar 999");
        assertThat(found("100%")).as("no pattern").isEmpty();
    }

    private List<Object> found(String search) {
        return AvatarList.WATCHED
                .page(DATABASE, schema, new Wanted(new AvatarFilter(search, "", ""), "next_check_at", false, 200, 0))
                .rows()
                .stream()
                .map(row -> row.get("name"))
                .toList();
    }

    @Test
    void whatIsAskedForOneAvatarIsFoundByIndex() {
        String id = "00000100-0000-4000-8000-000000000000";
        assertByIndex("SELECT * FROM avatar_monitor_trigger_health WHERE trigger_group = 'avatar' AND trigger_name = '"
                + id + "'");
        assertByIndex("SELECT * FROM avatar_monitoring WHERE avatar_id = '" + id + "'");
        assertByIndex("SELECT * FROM avatar_event WHERE avatar_id = '" + id + "' ORDER BY id DESC LIMIT 50");
        assertByIndex("SELECT * FROM avatar_monitor_check WHERE avatar_id = '" + id + "' ORDER BY id DESC LIMIT 100");
        assertThat(AvatarDetails.read(DATABASE, schema, AvatarId.parse(id).orElseThrow(), 50)
                        .events())
                .hasSize(1);
    }

    @Test
    void trainingsWithTheirOwnIntervalOrPriorityAreFoundByIndex() {
        assertByIndex(Overview.OVERRIDDEN);
    }

    @Test
    void newestEventsAreFoundByIndex() {
        assertByIndex("SELECT * FROM v_recent_events LIMIT 100");
        assertByIndex(
                "SELECT count(*) FROM avatar_event WHERE type = 'failed' AND at > current_timestamp - INTERVAL '1' DAY");
    }

    private static void assertByIndex(String query) {
        List<String> plan = Sql.rows(DATABASE, "EXPLAIN (COSTS OFF) " + query);
        assertThat(plan)
                .as(query)
                .anyMatch(line -> line.contains("Index"))
                .noneMatch(line -> line.contains("Seq Scan on qrtz_triggers")
                        || line.contains("Seq Scan on qrtz_simple_triggers")
                        || line.contains("Seq Scan on avatar"));
    }
}
