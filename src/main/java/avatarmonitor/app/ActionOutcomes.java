package avatarmonitor.app;

import avatarmonitor.app.Operator.Checked;
import avatarmonitor.app.Operator.Monitored;
import avatarmonitor.app.Operator.Unmonitored;
import avatarmonitor.app.start.MonitoringStart;
import avatarmonitor.event.OperatorLog.Outcome;

/** Maps results of actions on an avatar to the outcomes in their events. */
final class ActionOutcomes {
    private ActionOutcomes() {}

    static Outcome of(Monitored answer) {
        if (answer instanceof Monitored.Watched) {
            return new Outcome("monitored", null);
        } else if (answer instanceof Monitored.AlreadyWatched) {
            return new Outcome("already_monitored", null);
        } else if (answer instanceof Monitored.Changed changed) {
            return new Outcome("changed", changed.overrides().words());
        } else if (answer instanceof Monitored.Refused refused) {
            return new Outcome("refused", refused.reason());
        }
        throw new IllegalStateException("no outcome for " + answer);
    }

    static Outcome of(Unmonitored answer) {
        return new Outcome(answer.watched() ? "unmonitored" : "not_monitored", null);
    }

    static Outcome of(Checked checked) {
        return checked.avatar() == null
                ? new Outcome("refused", MonitoringStart.NO_AVATAR)
                : new Outcome(checked.outcome().column(), null);
    }

    static Outcome of(CancelOutcome answer) {
        return new Outcome(answer.kind() == CancelOutcome.Kind.NO_AVATAR ? "refused" : answer.word(), answer.reason());
    }
}
