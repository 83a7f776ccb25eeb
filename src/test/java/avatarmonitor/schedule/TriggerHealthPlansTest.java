package avatarmonitor.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.Database;
import avatarmonitor.testing.ManyTrainings;
import avatarmonitor.testing.Plans;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.Statistics;
import avatarmonitor.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The search for broken triggers, which runs every minute, reads each table a few times at most, whatever the table
 * statistics.
 */
final class TriggerHealthPlansTest {
    private static final int TRAININGS = 2_000;
    private static final int BROKEN = 100;

    @ParameterizedTest
    @MethodSource("avatarmonitor.testing.Statistics#onEachPostgres")
    void noTableIsReadAgainForEachTrigger(TestDatabase kind, Statistics statistics) {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database plain = fresh.database();
            statistics.fill(plain, TRAININGS, (from, to) -> ManyTrainings.insert(plain, from, to));
            try (Database database = Plans.explaining(fresh);
                    Plans plans = new Plans()) {
                assertThat(broken(database)).isEmpty();
                Sql.run(
                        plain,
                        "UPDATE qrtz_triggers SET trigger_state = 'ERROR' WHERE trigger_name IN"
                                + " (SELECT trigger_name FROM qrtz_triggers ORDER BY trigger_name LIMIT " + BROKEN
                                + ")");
                assertThat(broken(database)).hasSize(BROKEN);

                assertThat(plans.all()).isNotEmpty().allSatisfy(plan -> {
                    assertThat(plan.rows()).as(plan.toString()).isLessThanOrEqualTo(6 * TRAININGS);
                    assertThat(plan.pages()).as(plan.toString()).isLessThanOrEqualTo(40 * TRAININGS);
                });
            }
        }
    }

    private static List<TriggerHealth> broken(Database database) {
        return database.readWhole(connection -> TriggerHealth.broken(connection, TRAININGS));
    }
}
