/**
 * The schedule: one persisted Quartz trigger for each monitored avatar, and the reconcile job. Start here.
 *
 * <p><b>Problem.</b> Up to 100,000 avatars need a check every minute, executed by any live worker, once per slot, also
 * after a crash of any worker at any point. Quartz's clustered job store persists triggers and recovers those of dead
 * workers. But it fires one trigger at a time under one lock row for the whole cluster, and its shutdown and its
 * handling of unreadable rows can leave triggers that never fire again.
 *
 * <p><b>Who fires what.</b> On PostgreSQL with {@code cluster.firing = batch}, {@code batch/BatchFiring} fires group
 * {@code avatar} ({@link avatarmonitor.schedule.AvatarTriggers}) without the cluster-wide lock. Quartz's own scheduler
 * thread fires every other group, and all groups on H2 and with {@code cluster.firing = single}. With batch firing its
 * acquire statement ({@code quartz/IndexedDelegate}) excludes group {@code avatar}. Workers of both kinds may share a
 * database: rows and states are Quartz's.
 *
 * <p><b>Protocol of one check</b> with batch firing:
 *
 * <ol>
 *   <li>{@code batch/PollPacer} decides which of two threads polls, and when; {@code batch/BatchPoller} reserves
 *   capacity in {@code quartz/thread/WorkerPool}.
 *   <li>{@code batch/DueTriggers} locks due rows of {@code qrtz_triggers} with {@code FOR NO KEY UPDATE SKIP LOCKED},
 *   up to the reserved capacity.
 *   <li>One statement writes their next fire times (Quartz's arithmetic, {@code batch/FiringBatch}), increments the
 *       fire counts, and inserts rows in state EXECUTING into {@code qrtz_fired_triggers}. After the commit no other
 *       worker fires these slots.
 *   <li>{@code quartz/JobStarter} prefetches the data of the whole batch and submits each job to the pool in Quartz's
 *   {@code JobRunShell}.
 *   <li>{@link avatarmonitor.schedule.StatusCheckJob} runs the check, and deletes the trigger when monitoring has
 *   ended ({@code MonitoringSchedule.settle}). {@code quartz/CompletionPolicy} decides what happens to a trigger whose
 *   last slot has fired. The name of the job's class stands in the database and must not change.
 *   <li>{@code batch/FiringAcknowledger} deletes the rows of ended firings, at most 0.2 s later. A trigger whose last
 *       slot has fired is deleted under the cluster-wide lock.
 * </ol>
 *
 * <p><b>Failure detection.</b> If a worker crashes with fired triggers, their next fire times are already stored, so
 * checks continue in any case. Other workers observe that its check-in no longer changes ({@code
 * quartz/PeerFailureDetector}: by their own monotonic clocks, within four check-in intervals). One of them makes the
 * interrupted checks due at once ({@code quartz/FiringRelease}), deletes the firings and the check-in and writes the
 * event {@code worker_lost}, in one transaction ({@code quartz/FiringRelease}). A worker that is stopped releases its
 * firings itself: {@code quartz/ClusterExit} has the order of a shutdown.
 *
 * <p><b>Misfires.</b> {@code quartz/MisfirePolicy} contains every limit and is pure. A check that is more than 30 s
 * late moves to its next slot, once, with a higher priority; if it is late again it keeps its place in the queue until
 * it fires. {@code quartz/MisfireRecovery} moves misfired triggers in batches every 5 s ({@code quartz/TriggerRows}:
 * portable and set-based). Triggers of other groups misfire by their own instruction, one by one, as in stock Quartz.
 *
 * <p><b>Unreadable and broken rows.</b> A trigger that cannot be read is set to ERROR and delays no other trigger.
 * {@link avatarmonitor.schedule.ScheduleFaults} finds schedule faults, {@link avatarmonitor.schedule.ScheduleRepair}
 * repairs them, {@link avatarmonitor.schedule.TriggerHealth} reads the view that defines them.
 *
 * <p><b>Threads</b> are started by {@code quartz/QuartzNode} and its parts; docs/architecture.md lists all threads of a
 * worker. An error that ends one of the scheduler's loops stops the worker ({@code quartz/thread/FatalErrorLatch});
 * otherwise its check-in would continue and no other worker would take over.
 *
 * <p><b>Lock order</b>: {@code STATE_ACCESS}, {@code TRIGGER_ACCESS}, rows of {@code qrtz_triggers} by name. Code that
 * does not hold a cluster-wide lock locks the row in {@code qrtz_triggers} before the one in {@code
 * qrtz_simple_triggers}.
 */
@NullMarked
package avatarmonitor.schedule;

import org.jspecify.annotations.NullMarked;
