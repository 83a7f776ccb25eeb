package avatarmonitor.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.fal.limit.FalPauseListener.Refusal;
import avatarmonitor.fal.limit.Paused;
import avatarmonitor.inspect.LoadCounts;
import avatarmonitor.store.StoreException;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The status row of a worker. */
class StatusReportTest {
    private final Instant since = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final String MOMENTS = "started_at, fal_paused_since, fal_paused_until";

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    private final Meters meters = new Meters();
    private volatile Duration wrong = Duration.ofSeconds(1);
    private final InstantSource clock = () -> InstantSource.system().instant().plus(wrong);
    private @Nullable Paused pause;
    private final StatusReport report = new StatusReport(
            fresh.database(),
            meters,
            new Load(),
            () -> Optional.ofNullable(pause),
            clock,
            new StatusReport.Self("w1", "1", null, 5, Duration.ofSeconds(60)));

    @AfterEach
    void close() {
        meters.close();
    }

    @Test
    void pauseIsWrittenByTheDatabaseClockAndStandsStillUntilItIsAnother() {
        pause = new Paused(Refusal.KEY, since, since.plusSeconds(60), "bad key");
        report.write();
        List<String> first = written(MOMENTS);
        assertThat(moment("fal_paused_until"))
                .isBetween(
                        since.plusSeconds(60).minusMillis(1_500),
                        since.plusSeconds(60).minusMillis(500));
        assertThat(written("fal_refused, fal_pause_reason")).containsExactly("key|bad key");

        // Two measurements of the clocks never yield the same.
        wrong = Duration.ofMillis(1_050);
        report.write();
        assertThat(written(MOMENTS)).isEqualTo(first);

        pause = new Paused(Refusal.KEY, since, since.plusSeconds(120), "bad key");
        report.write();
        assertThat(moment("fal_paused_until")).isAfter(since.plusSeconds(118));
        assertThat(written("started_at, fal_paused_since"))
                .containsExactly(first.get(0).substring(0, first.get(0).lastIndexOf('|')));

        pause = null;
        report.write();
        assertThat(written("fal_paused_since, fal_paused_until, fal_refused, fal_pause_reason"))
                .containsExactly("|||");
    }

    @Test
    void checksAndRequestsAreCountedPerHourOnceEachAlsoAfterAFailedWrite() {
        meters.checkDelay(Duration.ofMillis(300));
        meters.checkDelay(Duration.ofMillis(10_001));
        meters.checkDelay(Duration.ofMillis(-5));
        meters.asked("200", Duration.ZERO);
        meters.asked("timeout", Duration.ZERO);
        run("ALTER TABLE avatar_monitor_worker_status RENAME TO elsewhere");
        assertThatThrownBy(report::write).isInstanceOf(StoreException.class);
        run("ALTER TABLE elsewhere RENAME TO avatar_monitor_worker_status");
        report.write();
        report.write();
        meters.checkDelay(Duration.ofSeconds(20));
        report.write();

        assertThat(Sql.rows(fresh.database(), """
                        SELECT sum(fires), sum(delay_sum_ms), max(delay_max_ms), sum(late_fires), sum(requests), sum(answered)
                        FROM avatar_monitor_load WHERE instance = 'w1'""")).containsExactly("4|30301|20000|2|2|1");
        // One row, or two when the hour changed meanwhile.
        assertThat(Sql.rows(fresh.database(), "SELECT hour_at FROM avatar_monitor_load"))
                .hasSizeBetween(1, 2)
                .allMatch(hour -> hour.contains(":00:00"));
    }

    @Test
    void oldHoursAreDeletedInBatches() throws SQLException {
        Instant hour = Instant.parse("2026-11-29T14:00:00Z");
        LoadCounts one = new LoadCounts(1, 1, 1, 0, 1, 1);
        fresh.database().inTransaction(connection -> {
            for (int i = 0; i < 5; i++) {
                HourlyLoad.add(connection, "w1", one, hour.plus(Duration.ofHours(i)));
            }
            assertThat(HourlyLoad.prune(connection, hour.plus(Duration.ofHours(3)), 2))
                    .isEqualTo(2);
            assertThat(HourlyLoad.prune(connection, hour.plus(Duration.ofHours(3)), 2))
                    .isEqualTo(1);
            return HourlyLoad.prune(connection, hour.plus(Duration.ofHours(3)), 2);
        });
        assertThat(Sql.rows(fresh.database(), "SELECT count(*) FROM avatar_monitor_load"))
                .containsExactly("2");
    }

    private void run(String sql) {
        fresh.database().inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    private List<String> written(String columns) {
        return Sql.rows(fresh.database(), "SELECT " + columns + " FROM avatar_monitor_worker_status");
    }

    private Instant moment(String column) {
        String text = written(column).get(0).replaceFirst(" ", "T").replaceFirst("([+-]\\d\\d)$", "$1:00");
        return OffsetDateTime.parse(text).toInstant();
    }
}
