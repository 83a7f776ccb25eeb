package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.cli.CommandFixture.Ran;
import avatarmonitor.inspect.LoadCounts;
import avatarmonitor.inspect.ReportRange;
import avatarmonitor.inspect.TrainingReport;
import avatarmonitor.inspect.TrainingReport.Filter;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Report of how trainings ended: command and queries. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class ReportCommandTest {
    private static final Instant NOW = Instant.parse("2026-11-29T15:20:00Z");

    private final TestDatabase database;

    @AutoClose
    private final CommandFixture fixture;

    private int requests;

    ReportCommandTest(TestDatabase database) {
        this.database = database;
        fixture = new CommandFixture(database);
    }

    /** Inserts a training of this duration with its end. */
    private void ended(String type, String event, Instant at, Duration took, String worker, String reason) {
        String request = "req-" + ++requests;
        AvatarId id = fixture.avatars.insert(type, "COMPLETED", request, at.minus(took));
        fixture.avatars.run(
                "INSERT INTO avatar_event (at, avatar_id, fal_request_id, type, worker, detail) VALUES (?, ?, ?, ?, ?, "
                        + (database == TestDatabase.H2 ? "? FORMAT JSON" : "CAST(? AS json)") + ")",
                at.atOffset(ZoneOffset.UTC),
                id.value(),
                request,
                event,
                worker,
                "{\"reason\":\"" + reason + "\"}");
    }

    private TrainingReport read(String period, Filter filter) {
        return TrainingReport.read(fixture.fresh().database(), ReportRange.of(period, "", "", NOW), filter);
    }

    private void load(
            String hour, String worker, long fires, long sum, long most, long late, long sent, long answered) {
        fixture.avatars.run(
                """
                INSERT INTO avatar_monitor_load (hour_at, instance, fires, delay_sum_ms, delay_max_ms, late_fires,
                    requests, answered) VALUES (?, ?, ?, ?, ?, ?, ?, ?)""", Instant.parse(hour).atOffset(ZoneOffset.UTC), worker, fires, sum, most, late, sent, answered);
    }

    private void plant() {
        Instant hour = Instant.parse("2026-11-29T14:00:00Z");
        ended("PORTRAIT", "completed", hour, Duration.ofSeconds(100), "w1", "");
        ended("portrait", "completed", hour.plusSeconds(3599), Duration.ofMinutes(5), "w2", "");
        ended("STYLE", "failed", hour.plusSeconds(60), Duration.ofSeconds(50), "w1", "request 12345678 broke");
        ended("STYLE", "failed", hour.plusSeconds(70), Duration.ofSeconds(50), "w1", "request 87654321 broke");
        ended("STYLE", "failed", hour.plusSeconds(80), Duration.ofSeconds(50), "w1", "archive is invalid");
        ended("STYLE", "cancelled", hour.minus(Duration.ofHours(3)), Duration.ofSeconds(50), "w1", "");
        ended("PORTRAIT", "timed_out", hour.plusSeconds(90), Duration.ofSeconds(50), "w1", "");
        // The same hour one day before, one second after the end of the compared period, and long ago.
        ended("PORTRAIT", "completed", NOW.minus(Duration.ofDays(1)), Duration.ofSeconds(1), "w1", "");
        ended("PORTRAIT", "failed", NOW.minus(Duration.ofDays(1)).plusSeconds(1), Duration.ofSeconds(1), "w1", "");
        ended("PORTRAIT", "failed", NOW.minus(Duration.ofDays(30)), Duration.ofSeconds(1), "w1", "");
    }

    @Test
    void dayIsCountedByHourTypeAndErrorAndComparedWithTheDayBefore() {
        plant();
        TrainingReport report = read(ReportRange.DAY, Filter.NONE);

        assertThat(report.range().from()).isEqualTo("2026-11-28T16:00:00Z");
        assertThat(report.slots()).hasSize(24);
        assertThat(report.total()).isEqualTo(new TrainingReport.Ends(2, 3, 1, 1));
        assertThat(report.total().successRate()).isEqualTo(0.4);
        assertThat(report.before()).isEqualTo(new TrainingReport.Ends(1, 0, 0, 0));
        assertThat(report.slots().get(22)).satisfies(slot -> {
            assertThat(slot.from()).isEqualTo("2026-11-29T14:00:00Z");
            assertThat(slot.ends()).isEqualTo(new TrainingReport.Ends(2, 3, 0, 1));
        });
        assertThat(report.slots().get(19).ends()).isEqualTo(new TrainingReport.Ends(0, 0, 1, 0));
        assertThat(report.types())
                .containsExactly(
                        new TrainingReport.TypeRow("PORTRAIT", new TrainingReport.Ends(2, 0, 0, 1), 200L, 290L),
                        new TrainingReport.TypeRow("STYLE", new TrainingReport.Ends(0, 3, 1, 0), null, null));
        assertThat(report.errors())
                .extracting(TrainingReport.ErrorRow::error, TrainingReport.ErrorRow::count)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("request … broke", 2),
                        org.assertj.core.groups.Tuple.tuple("archive is invalid", 1));
        assertThat(report.errors().get(0).lastAt()).isEqualTo("2026-11-29T14:01:10Z");
        assertThat(report.csv())
                .contains(
                        "from,completed,failed,cancelled,fires,check_delay_average_ms,check_delay_max_ms,late_fires,requests,"
                                + "answered,timed_out\r\n",
                        "2026-11-29T14:00:00Z,2,3,0,0,,,0,0,0,1\r\n");
    }

    @Test
    void filtersCountOnlyWhatTheyName() {
        plant();
        assertThat(read(ReportRange.DAY, new Filter("portrait", null, null)).total())
                .isEqualTo(new TrainingReport.Ends(2, 0, 0, 1));
        assertThat(read(ReportRange.DAY, new Filter(null, "w2", null)).total())
                .isEqualTo(new TrainingReport.Ends(1, 0, 0, 0));
        assertThat(read(ReportRange.DAY, new Filter("STYLE", "w2", null)).total())
                .isEqualTo(new TrainingReport.Ends(0, 0, 0, 0));
        assertThat(read(ReportRange.DAY, new Filter("' OR '1'='1", null, null))
                        .total()
                        .successRate())
                .isNull();
    }

    @Test
    void loadIsSummedOverWorkersPerHourAndDay() {
        load("2026-11-29T15:00:00Z", "w1", 10, 1_000, 400, 0, 12, 12);
        load("2026-11-29T15:00:00Z", "w2", 30, 5_000, 20_000, 1, 28, 25);
        load("2026-11-28T16:00:00Z", "w1", 2, 8, 5, 0, 2, 2);
        load("2026-11-28T15:00:00Z", "w1", 7, 7, 7, 7, 7, 7);

        TrainingReport day = read(ReportRange.DAY, Filter.NONE);
        assertThat(day.slots().get(23).load()).isEqualTo(new LoadCounts(40, 6_000, 20_000, 1, 40, 37));
        assertThat(day.slots().get(23).load().averageMillis()).isEqualTo(150);
        assertThat(day.slots().get(0).load()).isEqualTo(new LoadCounts(2, 8, 5, 0, 2, 2));
        assertThat(day.load()).isEqualTo(new LoadCounts(42, 6_008, 20_000, 1, 42, 39));
        assertThat(day.csv()).contains("2026-11-29T15:00:00Z,0,0,0,40,150,20000,1,40,37,0\r\n");
        assertThat(day.json()
                        .getAsJsonArray("slots")
                        .get(23)
                        .getAsJsonObject()
                        .get("check_delay_max_ms")
                        .getAsLong())
                .isEqualTo(20_000);
        assertThat(read(ReportRange.DAY, new Filter("none", "w1", "none")).load())
                .isEqualTo(new LoadCounts(12, 1_008, 400, 0, 14, 14));
        assertThat(read(ReportRange.WEEK, Filter.NONE).slots().get(5).load())
                .isEqualTo(new LoadCounts(9, 15, 7, 7, 9, 9));
    }

    @Test
    void errorsAreFilteredByTheirTextWithoutIdsInAnyLetterCase() {
        plant();
        TrainingReport report = read(ReportRange.DAY, new Filter(null, null, "REQUEST 99999999"));
        assertThat(report.total()).isEqualTo(new TrainingReport.Ends(0, 2, 0, 0));
        assertThat(report.slots().get(22).ends()).isEqualTo(new TrainingReport.Ends(0, 2, 0, 0));
        assertThat(report.errors()).extracting(TrainingReport.ErrorRow::error).containsExactly("request … broke");
        assertThat(report.types())
                .containsExactly(new TrainingReport.TypeRow("STYLE", new TrainingReport.Ends(0, 2, 0, 0), null, null));
        assertThat(report.failuresRead()).isEqualTo(3);
        assertThat(read(ReportRange.WEEK, new Filter("portrait", null, "broke")).total())
                .isEqualTo(new TrainingReport.Ends(0, 0, 0, 0));
        // The failure of the day before has no reason.
        assertThat(read(ReportRange.DAY, new Filter("portrait", "w1", "")).before())
                .isEqualTo(new TrainingReport.Ends(0, 0, 0, 0));
    }

    private TrainingReport between(String from, String to) {
        return TrainingReport.read(fixture.fresh().database(), ReportRange.of("", from, to, NOW), Filter.NONE);
    }

    @Test
    void timesLimitTheReportAndItsSlots() {
        plant();
        TrainingReport hours = between("2026-11-29T13:30:00+02:00", "2026-11-29T14:00");
        assertThat(hours.range().from()).isEqualTo("2026-11-29T11:00:00Z");
        assertThat(hours.slots()).hasSize(3);
        assertThat(hours.total()).as("the end is exclusive").isEqualTo(new TrainingReport.Ends(0, 0, 1, 0));
        assertThat(between("2026-11-29T14:00", "2026-11-29T15:00").before())
                .as("the hour before has nothing")
                .isEqualTo(new TrainingReport.Ends(0, 0, 0, 0));
        assertThat(between("2026-11-29T14:00", "").total()).isEqualTo(new TrainingReport.Ends(2, 3, 0, 1));

        TrainingReport days = between("2026-10-30", "2026-11-29");
        assertThat(days.slots()).hasSize(30);
        assertThat(days.range().slot()).isEqualTo(Duration.ofDays(1));
        assertThat(days.total()).isEqualTo(new TrainingReport.Ends(1, 2, 0, 0));
    }

    @Test
    void commandRefusesTimesThatAreWrong() {
        assertThat(fixture.run("report", "--from", "2026-11-30x", "--json").err())
                .contains("from: expected a date or a time such as 2026-11-30");
        assertThat(fixture.run("report", "--from", "2026-11-02", "--to", "2026-11-01")
                        .err())
                .contains("must be earlier than to");
        assertThat(fixture.run("report", "--from", "2000-01-01", "--to", "2000-04-03")
                        .err())
                .contains("more than 92 days apart");
        for (String[] wrong : new String[][] {
            {"report", "--to", "2026-11-01"},
            {"report", "--week", "--from", "2026-11-01"},
            {"report", "--from", "2000-01-01", "--to", "2000-04-03"},
            {"report", "--from", "9999-01-01"}
        }) {
            assertThat(fixture.run(wrong).exit()).as(String.join(" ", wrong)).isEqualTo(2);
        }
        Ran custom = fixture.run("report", "--from", "2000-01-01", "--to", "2000-04-02", "--error", "x");
        assertThat(custom.exit()).as(custom.err()).isZero();
        assertThat(custom.out()).startsWith("2000-01-01T00:00:00Z to 2000-04-02T00:00:00Z: 0 completed");
    }

    @Test
    void weekHasSevenDaysAndARetrainedRowHasNoType() {
        plant();
        fixture.avatars.run("UPDATE avatars SET fal_request_id = 'other' WHERE fal_request_id = 'req-1'");
        TrainingReport report = read(ReportRange.WEEK, Filter.NONE);

        assertThat(report.slots()).hasSize(7);
        assertThat(report.range().from()).isEqualTo("2026-11-23T00:00:00Z");
        assertThat(report.total()).isEqualTo(new TrainingReport.Ends(3, 4, 1, 1));
        assertThat(report.types().get(0))
                .isEqualTo(new TrainingReport.TypeRow("", new TrainingReport.Ends(1, 0, 0, 0), null, null));
    }

    @Test
    void commandPrintsTextJsonAndCsv() {
        Instant now = CommandFixture.now();
        ended("PORTRAIT", "completed", now, Duration.ofSeconds(3725), "w1", "");
        ended("STYLE", "failed", now, Duration.ofSeconds(50), "w1", "archive is invalid");

        Ran text = fixture.run("report");
        assertThat(text.exit()).as(text.err()).isZero();
        assertThat(text.out())
                .startsWith(
                        "Last 24 hours: 1 completed, 1 failed, 0 cancelled, 0 timed out; success rate 50.0 % (before: unknown)")
                .contains("1:02:05", "archive is invalid", "Reconcile: last never, next not scheduled");

        Ran json = fixture.run("report", "--week", "--json");
        JsonObject body = JsonParser.parseString(json.out()).getAsJsonObject();
        assertThat(body.get("period").getAsString()).isEqualTo("week");
        assertThat(body.getAsJsonObject("total").get("success_rate").getAsDouble())
                .isEqualTo(0.5);
        assertThat(body.getAsJsonArray("slots")).hasSize(7);
        assertThat(body.get("next_reconcile_at").isJsonNull()).isTrue();

        Ran csv = fixture.run("report", "--week", "--csv");
        assertThat(csv.out().lines())
                .hasSize(8)
                .first()
                .asString()
                .startsWith("from,completed,failed,cancelled,fires,");

        assertThat(fixture.run("report", "--day", "--week").exit()).isEqualTo(2);
        assertThat(fixture.run("report", "--csv", "--json").exit()).isEqualTo(2);
    }

    @Test
    void emptyDatabaseIsReportedAsSuch() {
        Ran text = fixture.run("report");
        assertThat(text.exit()).isZero();
        assertThat(text.out())
                .contains("success rate unknown (before: unknown)", "No training ended and no check ran.");
    }
}
