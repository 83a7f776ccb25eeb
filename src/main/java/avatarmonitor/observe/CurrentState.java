package avatarmonitor.observe;

import avatarmonitor.inspect.Condition;
import avatarmonitor.inspect.Conditions;
import avatarmonitor.inspect.Facts;
import avatarmonitor.inspect.Overview;
import avatarmonitor.schedule.ScheduleFaults;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Dialect;
import java.time.Instant;
import java.util.List;

/**
 * Current state of the whole system from the database: counts, schedule faults and the resulting conditions.
 *
 * @param faults by kind, each with at most {@value #FAULTS_MAX}
 * @param conditions the worst first; never empty
 */
public record CurrentState(
        Overview overview, List<ScheduleFaults.Summary> faults, Facts facts, List<Condition> conditions) {
    /** Limit of counted faults per kind. */
    public static final int FAULTS_MAX = 1_000;

    /** Reads the state; costs the database as much as {@link Overview#read}. */
    public static CurrentState read(Database database, Instant now) {
        Overview overview = Overview.read(database, now);
        List<ScheduleFaults.Summary> faults = ScheduleFaults.summary(database, now, FAULTS_MAX);
        if (!faults.isEmpty() && database.dialect() == Dialect.H2) {
            // On H2 a check that starts may look like a broken trigger for a moment, see Overview.
            faults = ScheduleFaults.summary(database, now, FAULTS_MAX);
        }
        Facts facts = Facts.of(
                overview,
                faults.stream()
                        .map(fault -> new Facts.Fault(
                                fault.kind().word(),
                                fault.count(),
                                fault.first().subject(),
                                fault.first().problem()))
                        .toList(),
                now);
        return new CurrentState(overview, faults, facts, Conditions.of(facts));
    }

    public Condition headline() {
        return conditions.get(0);
    }
}
