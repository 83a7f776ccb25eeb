package avatarmonitor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.AnswerStore;
import avatarmonitor.check.CheckHistory;
import avatarmonitor.check.EndedMonitorings;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.Outbox;
import avatarmonitor.inspect.AvatarFilter;
import avatarmonitor.inspect.AvatarList;
import avatarmonitor.inspect.EventPage;
import avatarmonitor.inspect.Overview;
import avatarmonitor.inspect.ReportRange;
import avatarmonitor.inspect.TrainingReport;
import avatarmonitor.store.Database;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.testing.ManyTrainings;
import avatarmonitor.testing.Plans;
import avatarmonitor.testing.Plans.Plan;
import avatarmonitor.testing.Statistics;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Searches, lists, counts and pruning read each table a few times at most, whatever the table statistics: never one
 * table again for each row of another.
 */
final class SearchPlansTest {
    private static final int TRAININGS = 2_000;
    private static final int PAGE = 100;

    @ParameterizedTest
    @MethodSource("avatarmonitor.testing.Statistics#onEachPostgres")
    void noTableIsReadAgainForEachRow(TestDatabase kind, Statistics statistics) {
        Instant now = Instant.now();
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database plain = fresh.database();
            statistics.fill(plain, TRAININGS, (from, to) -> ManyTrainings.insert(plain, from, to));
            try (Database database = Plans.explaining(fresh)) {
                AvatarSchema schema = AvatarSchema.read(database);
                try (Plans plans = new Plans()) {
                    for (UnmonitoredKind which : UnmonitoredKind.values()) {
                        List<AvatarId> found = database.readWhole(connection -> which.page(connection, null, PAGE));
                        assertThat(found).isEmpty();
                    }
                    for (AvatarList list : AvatarList.values()) {
                        list.first(database, schema, new AvatarFilter("", "", ""), PAGE);
                        list.first(database, schema, new AvatarFilter("", "style", ""), PAGE);
                        list.first(database, schema, new AvatarFilter("", "", "w-1"), PAGE);
                    }
                    assertThat(Overview.read(database, now).counts()).containsEntry("watched", (long) TRAININGS);
                    for (String period : List.of(ReportRange.DAY, ReportRange.WEEK)) {
                        for (TrainingReport.Filter filter : List.of(
                                TrainingReport.Filter.NONE,
                                new TrainingReport.Filter("PORTRAIT", "worker-1", null),
                                new TrainingReport.Filter(null, null, "timeout"))) {
                            TrainingReport.read(database, ReportRange.of(period, "", "", now), filter);
                        }
                    }
                    assertThat(plans.all()).allSatisfy(SearchPlansTest::readsEachTableAFewTimes);
                }
                try (Plans plans = new Plans()) {
                    database.inTransaction(connection -> {
                        assertThat(new Outbox(database.dialect())
                                        .take(connection, PAGE)
                                        .events())
                                .hasSize(PAGE);
                        Instant before = now.minus(Duration.ofDays(30));
                        assertThat(new EventLog(database.dialect()).prune(connection, before, PAGE))
                                .isEqualTo(PAGE);
                        assertThat(CheckHistory.prune(connection, before, PAGE)).isEqualTo(PAGE);
                        EndedMonitorings.prune(connection, before, PAGE);
                        assertThat(AnswerStore.prune(connection, before, PAGE)).isEqualTo(PAGE);
                        assertThat(EventPage.read(connection, Long.MAX_VALUE, null, null, PAGE)
                                        .events())
                                .hasSize(PAGE);
                        assertThat(EventPage.read(connection, Long.MAX_VALUE, ManyTrainings.id(7), null, PAGE)
                                        .events())
                                .hasSizeLessThanOrEqualTo(1);
                        return connection;
                    });
                    assertThat(plans.all()).allSatisfy(SearchPlansTest::readsEachTableAFewTimes);
                }
            }
        }
    }

    private static void readsEachTableAFewTimes(Plan plan) {
        assertThat(plan.rows()).as(plan.toString()).isLessThanOrEqualTo(4 * TRAININGS);
        assertThat(plan.pages()).as(plan.toString()).isLessThanOrEqualTo(40 * TRAININGS);
    }
}
