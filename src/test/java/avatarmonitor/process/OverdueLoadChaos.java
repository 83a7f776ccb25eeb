package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * After hours without any worker a hundred thousand checks are overdue: they are spread over time, and unreadable rows
 * block none of them.
 */
final class OverdueLoadChaos {
    private static final int OVERDUE = 100_000;
    private static final int POISON_OF_EACH_KIND = 20;
    private static final int RATE = 100;

    /** Quartz alone takes many minutes for this number. */
    private static final Duration MOVED_WITHIN = Duration.ofSeconds(90);

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.POSTGRESQL_18)
            .with("monitor.interval", "60s")
            .with("fal.requests-per-second", "" + RATE);

    @Test
    void hundredThousandOverdueChecksComeSpreadAndBehindPoisonRows() {
        StoreConfig direct = site.databaseConfig();
        // Inserting so many rows takes longer than the driver's usual socket timeout.
        String patient = direct.url() + "?socketTimeout=300";
        try (Database database =
                Database.open(new StoreConfig(patient, direct.user(), direct.password(), direct.poolSize()))) {
            plant(database);
            WorkerProcess worker = site.startWorker().awaitStarted();
            long started = System.nanoTime();
            await().atMost(MOVED_WITHIN)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> Sql.rows(database, """
                            SELECT 1 FROM qrtz_triggers
                            WHERE trigger_state = 'WAITING' AND trigger_group = 'avatar'
                              AND next_fire_time < extract(epoch FROM clock_timestamp() - INTERVAL '60 s') * 1000
                            LIMIT 1""").isEmpty());
            System.out.println("OverdueLoadChaos moved after " + Duration.ofNanos(System.nanoTime() - started));

            // Checks of one minute.
            String firstMinute =
                    "last_checked_at < (SELECT min(last_checked_at) FROM avatar_monitoring) + INTERVAL '60 s'";
            await().atMost(Duration.ofSeconds(120))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> !Sql.rows(
                                    database, "SELECT 1 FROM avatar_monitoring WHERE NOT (" + firstMinute + ") LIMIT 1")
                            .isEmpty());
            List<Integer> perSecond = Sql.rows(
                            database,
                            "SELECT count(*) FROM avatar_monitoring WHERE " + firstMinute
                                    + " GROUP BY date_trunc('second', last_checked_at)")
                    .stream()
                    .map(Integer::parseInt)
                    .toList();
            int most = perSecond.stream().max(Integer::compare).orElse(0);
            int sum = perSecond.stream().mapToInt(Integer::intValue).sum();
            System.out.println("OverdueLoadChaos checks in the first minute " + sum + ", most in one second " + most);
            assertThat(sum).as("checks in the first minute").isBetween(RATE, RATE * 61);
            assertThat(most).as("checks in one second").isLessThanOrEqualTo(2 * RATE);
            assertThat(Sql.rows(database, "SELECT count(*) FROM avatar_monitoring WHERE checks > 1"))
                    .as("avatars that were checked for a slot they had missed")
                    .containsExactly("0");

            poisonStandsAside(database);
            worker.sigterm();
            assertThat(worker.exitCode(Duration.ofSeconds(16))).isZero();
        }
    }

    /** Inserts rows as left by workers that have been gone for three hours; the unreadable ones are the oldest. */
    private static void plant(Database database) {
        Sql.run(
                database,
                "SET LOCAL statement_timeout = 0",
                """
                INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)
                SELECT gen_random_uuid(), 'Ada', 'PORTRAIT', 'TRAINING', gen_random_uuid()::text, now() - INTERVAL '4 h'
                FROM generate_series(1, %d)""".formatted(OVERDUE),
                """
                INSERT INTO qrtz_job_details (sched_name, job_name, job_group, job_class_name, is_durable, is_nonconcurrent,
                                              is_update_data, requests_recovery)
                VALUES ('avatar-monitor', 'status-check', 'avatar', 'avatarmonitor.schedule.StatusCheckJob', true, false, false, false),
                       ('avatar-monitor', 'gone', 'poison', 'of.another.Release', true, false, false, false)""",
                // PostgreSQL checks foreign keys by index only where it does not estimate the tables as empty.
                "ANALYZE qrtz_job_details",
                """
                INSERT INTO avatar_monitoring (avatar_id, fal_request_id, watched_since, window_ends_at)
                SELECT id, fal_request_id, now() - INTERVAL '3 h', now() + INTERVAL '1 h' FROM avatars""",
                """
                INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time, prev_fire_time,
                                           priority, trigger_state, trigger_type, start_time, end_time, misfire_instr)
                SELECT 'avatar-monitor', id::text, 'avatar', 'status-check', 'avatar', t, -1, 5, 'WAITING', 'SIMPLE', t, t + 14400000, 4
                FROM (SELECT id, (extract(epoch FROM now() - INTERVAL '3 h') * 1000 + 60000 * random())::bigint AS t
                      FROM avatars) overdue""",
                "ANALYZE qrtz_triggers",
                """
                INSERT INTO qrtz_simple_triggers (sched_name, trigger_name, trigger_group, repeat_count, repeat_interval, times_triggered)
                SELECT sched_name, trigger_name, trigger_group, -1, 60000, 0 FROM qrtz_triggers""",
                """
                INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time, prev_fire_time,
                                           priority, trigger_state, trigger_type, start_time, end_time, misfire_instr)
                SELECT 'avatar-monitor', kind || n, 'poison', CASE kind WHEN 'class' THEN 'gone' ELSE 'status-check' END,
                       CASE kind WHEN 'class' THEN 'poison' ELSE 'avatar' END, 1000 + n, -1, 9, 'WAITING', 'SIMPLE', 1000, 0, 4
                FROM generate_series(1, %d) n, unnest(ARRAY['half', 'class', 'numbers']) kind""".formatted(POISON_OF_EACH_KIND),
                """
                INSERT INTO qrtz_simple_triggers (sched_name, trigger_name, trigger_group, repeat_count, repeat_interval, times_triggered)
                SELECT sched_name, trigger_name, trigger_group, -1, CASE WHEN trigger_name LIKE 'numbers%' THEN 0 ELSE 60000 END, 0
                FROM qrtz_triggers WHERE trigger_group = 'poison' AND trigger_name NOT LIKE 'half%'""",
                "ANALYZE");
    }

    /** Unreadable triggers are set to ERROR or removed: none may stay at the head of the queue. */
    private static void poisonStandsAside(Database database) {
        assertThat(Sql.rows(database, """
                        SELECT trigger_name, trigger_state FROM qrtz_triggers
                        WHERE trigger_group = 'poison' AND trigger_state = 'WAITING' AND next_fire_time < 1000000""")).isEmpty();
    }
}
