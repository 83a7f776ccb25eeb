package avatarmonitor.reconcile;

import java.time.Duration;

/**
 * The {@code reconcile.*} keys and {@code history.retention}.
 *
 * @param interval time between two reconcile runs of the cluster
 * @param retryDelay wait after a failed run
 * @param scanInterval time between two scans of the cluster for schedule faults
 * @param stalledAction action for a training that is older than {@code monitor.max-age}
 * @param retention events older than this are deleted
 */
public record ReconcileConfig(
        Duration interval,
        Duration retryDelay,
        Duration scanInterval,
        StalledAction stalledAction,
        Duration retention) {

    /** Action for a stalled avatar in addition to its event. */
    public enum StalledAction {
        /** The avatar stays in TRAINING. */
        NONE,
        /** The avatar is set to ERROR. */
        ERROR
    }
}
