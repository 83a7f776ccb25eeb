package avatarmonitor.observe;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.FalPauseListener.Refusal;
import avatarmonitor.fal.Paused;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
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
    void pauseIsWrittenAsTheDatabaseTellsTimeAndStandsStillUntilItIsAnother() {
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

    private List<String> written(String columns) {
        return Sql.rows(fresh.database(), "SELECT " + columns + " FROM avatar_monitor_worker_status");
    }

    private Instant moment(String column) {
        String text = written(column).get(0).replaceFirst(" ", "T").replaceFirst("([+-]\\d\\d)$", "$1:00");
        return OffsetDateTime.parse(text).toInstant();
    }
}
