package avatarmonitor.app;

import avatarmonitor.alert.DeliveryQueue;
import avatarmonitor.check.AnswerStore;
import avatarmonitor.check.CheckHistory;
import avatarmonitor.check.EndedMonitorings;
import avatarmonitor.event.EventLog;
import avatarmonitor.observe.HourlyLoad;
import avatarmonitor.reconcile.Reconciler;
import avatarmonitor.store.sql.Dialect;
import java.util.List;

/** The tables whose old rows a reconcile run deletes ({@code history.retention}). */
final class AgingTables {
    private AgingTables() {}

    static List<Reconciler.Aging> all(EventLog events, Dialect dialect) {
        return List.of(
                events::prune,
                CheckHistory::prune,
                AnswerStore::prune,
                EndedMonitorings::prune,
                HourlyLoad::prune,
                new DeliveryQueue(dialect)::prune);
    }
}
