/**
 * The schedule: one persisted Quartz trigger for each monitored avatar, and the reconcile job. Start here.
 *
 * <p><b>Problem.</b> A check has to be made every minute for up to 100,000 avatars, by whichever worker is alive, once for each slot, also after any
 * worker died at any point. Quartz's clustered job store keeps triggers in tables that everybody can read and recovers those of dead workers, but
 * fires one trigger at a time under one lock row for the whole cluster, and its shutdown and its handling of broken rows leave triggers behind.
 *
 * <p><b>Who fires what.</b> Group {@code avatar} ({@link avatarmonitor.schedule.AvatarTriggers}) on PostgreSQL: {@code batch/BatchFiring}, without the
 * lock of the cluster. Every other group, and all groups on H2 or with {@code cluster.firing = single}: Quartz's own scheduler thread. Its acquire
 * statement ({@code quartz/IndexedDelegate}) leaves out group {@code avatar} where batches are fired. Workers of both kinds may share a database:
 * rows and states are Quartz's.
 *
 * <p><b>Protocol of one check</b> on PostgreSQL:
 *
 * <ol>
 *   <li>{@code batch/PollPacer} gives one of two threads its turn; {@code batch/BatchPoller} reserves room in {@code quartz/WorkerPool}.
 *   <li>{@code batch/DueTriggers} locks due rows of {@code qrtz_triggers} with {@code FOR NO KEY UPDATE SKIP LOCKED}, at most as many as there is room.
 *   <li>One statement writes their next times (Quartz's arithmetic, {@code batch/FiringBatch}), counts the fires, and inserts rows in state EXECUTING
 *       into {@code qrtz_fired_triggers}. Commit: from here on no other worker fires these slots.
 *   <li>{@code quartz/JobStarter} has what the checks need read for the whole batch, and hands each job to the pool in a shell of Quartz.
 *   <li>{@link avatarmonitor.schedule.StatusCheckJob} runs the check. {@code quartz/CompletionPolicy} decides what follows.
 *   <li>{@code batch/FiringAcknowledger} deletes the rows of ended firings, at most 0.2 s later. A trigger whose last slot has fired is deleted under
 *       the lock of the cluster.
 * </ol>
 *
 * <p><b>When a worker dies</b> with a fired trigger: the trigger stands at its next slot already, so its check goes on in any case. Peers see the dead
 * worker's check-in stand still ({@code quartz/PeerFailureDetector}, by their own monotonic clocks, within four intervals). One of them makes what it
 * was checking due at once ({@code quartz/AbandonedFirings}), deletes its firings and its check-in and writes the event {@code worker_lost}, in one
 * transaction ({@code quartz/FiringRelease}). A worker that stops does that for itself: {@code quartz/ClusterExit} has the order of a shutdown.
 *
 * <p><b>Misfires.</b> {@code quartz/MisfirePolicy} has every limit and is pure. A check that is late by more than 30 s moves to its next slot, once;
 * it then keeps its place in the queue until it fires. {@code quartz/MisfireRecovery} moves them in batches ({@code quartz/TriggerRows}: portable and
 * set-based) each 5 s. Triggers of other groups misfire by their own instruction, one by one, as in any Quartz.
 *
 * <p><b>Broken rows.</b> What cannot be read is set to ERROR and delays no other trigger. {@link avatarmonitor.schedule.Disorders} finds faults,
 * {@link avatarmonitor.schedule.ScheduleRepair} repairs them, {@link avatarmonitor.schedule.TriggerHealth} reads the view that says what a fault is.
 *
 * <p><b>Threads</b> of one node, all started by {@code quartz/QuartzNode} and its parts: {@code <id>-scheduler} (Quartz), Quartz's threads for check-ins
 * ({@code quartz/Heartbeat}) and misfires, {@code <id>-firing-1} and {@code -2}, {@code <id>-ended-firings}, {@code <id>-job-N}, {@code <id>-reach}. An
 * error that ends one of the loops stops the worker ({@code quartz/FatalErrorLatch}); it would look alive to its peers otherwise.
 *
 * <p><b>Locks</b>, always in this order: {@code STATE_ACCESS}, {@code TRIGGER_ACCESS}, rows of {@code qrtz_triggers} by name. Who has no lock of the
 * cluster locks the row of a trigger before its other half.
 */
@NullMarked
package avatarmonitor.schedule;

import org.jspecify.annotations.NullMarked;
