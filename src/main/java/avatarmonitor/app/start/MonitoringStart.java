package avatarmonitor.app.start;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.OverrideStore;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.StatusCheck.Snapshot;
import avatarmonitor.check.decision.Eligibility;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.config.Settings;
import avatarmonitor.reconcile.MonitoringTriggers;
import avatarmonitor.schedule.MonitoringSchedule;
import avatarmonitor.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Starts monitoring of given avatars, with first checks that are due now. Of a burst, only as many checks are due at
 * once as the rate limit soon permits ({@link BurstLimit}); the others are spread over the interval, as in a reconcile
 * run.
 */
public final class MonitoringStart {
    public static final String NO_AVATAR = "there is no such avatar";

    private final Database database;
    private final AvatarStore avatars;
    private final MonitoringSchedule schedule;
    private final Duration maxAge;
    private final InstantSource clock;
    private final BurstLimit burst;

    /** @param maxAge oldest training that is monitored ({@code monitor.max-age}) */
    MonitoringStart(
            Database database,
            AvatarStore avatars,
            MonitoringSchedule schedule,
            Duration maxAge,
            InstantSource clock,
            BurstLimit burst) {
        this.database = database;
        this.avatars = avatars;
        this.schedule = schedule;
        this.maxAge = maxAge;
        this.clock = clock;
        this.burst = burst;
    }

    public static MonitoringStart of(
            Settings settings,
            Database database,
            AvatarStore avatars,
            MonitoringSchedule schedule,
            InstantSource clock) {
        BurstLimit burst = new BurstLimit(settings.fal().requestsPerSecond(), System::nanoTime);
        return new MonitoringStart(
                database, avatars, schedule, settings.monitor().maxAge(), clock, burst);
    }

    /**
     * Result of a start. An avatar that is in neither was monitored already.
     *
     * @param started avatars that were not monitored before
     * @param refused reason for each avatar that must not be monitored, a sentence without a full stop
     */
    public record Result(Set<AvatarId> started, Map<AvatarId, String> refused) {}

    /** The rate limit of the cluster, {@code fal.requests-per-second}. */
    public int requestsPerSecond() {
        return burst.requestsPerSecond();
    }

    /**
     * Creates a trigger for each avatar that may be monitored. Several workers may do this with the same avatars at the
     * same time.
     *
     * @throws avatarmonitor.store.StoreException when the database failed; some may have been started
     */
    public Result start(List<AvatarId> ids) {
        return start(ids, Overrides.Change.NOTHING);
    }

    /**
     * Like {@link #start(List)}, for avatars whose settings the caller changes afterwards.
     *
     * @param change judged as if it were applied already: a deadline allows an old training to be monitored
     */
    public Result start(List<AvatarId> ids, Overrides.Change change) {
        Instant now = clock.instant();
        Map<AvatarId, String> refused = new LinkedHashMap<>();
        List<Avatar> eligible = new ArrayList<>();
        Map<AvatarId, Snapshot> seen = new HashMap<>(StatusCheck.prefetch(database, avatars, ids));
        for (AvatarId id : ids) {
            if (!seen.containsKey(id)) {
                find(id).ifPresent(read -> seen.put(id, read));
            }
            Snapshot state = seen.get(id);
            Avatar avatar = state == null ? null : state.avatar();
            Optional<String> reason = avatar == null ? Optional.of(NO_AVATAR) : refusal(avatar, change, now);
            if (avatar == null || reason.isPresent()) {
                refused.put(id, reason.orElseThrow());
            } else {
                eligible.add(avatar);
            }
        }
        int atOnce = burst.take(eligible.size());
        Set<AvatarId> made = new HashSet<>();
        add(made, schedule.monitorAtOnce(eligible.subList(0, atOnce), now));
        add(made, schedule.monitor(eligible.subList(atOnce, eligible.size()), now));
        for (Avatar avatar : eligible) {
            Snapshot before = seen.get(avatar.id());
            if (!made.contains(avatar.id()) && before != null && isOfAnotherTraining(before)) {
                Set<AvatarId> unused = schedule.checkNow(List.of(avatar.id()));
            }
        }
        return new Result(made, refused);
    }

    /**
     * Returns whether the stored state belongs to the previous training: its trigger still exists, and its next check
     * starts anew with this training.
     */
    private static boolean isOfAnotherTraining(Snapshot seen) {
        Monitoring monitoring = seen.monitoring();
        return monitoring != null
                && !monitoring.falRequestId().equals(seen.avatar().falRequestId());
    }

    private static void add(Set<AvatarId> made, List<MonitoringTriggers.StartedAvatar> watched) {
        watched.forEach(one -> made.add(one.avatar()));
    }

    private Optional<Snapshot> find(AvatarId id) {
        return database.read(connection -> Snapshot.find(connection, avatars, id));
    }

    /**
     * Returns why this avatar must not be monitored with a change of its settings, a sentence without a full stop;
     * empty when it may be. Does not judge the change itself.
     */
    public Optional<String> refusal(AvatarId id, Overrides.Change change) {
        return find(id).map(found -> refusal(found.avatar(), change, clock.instant()))
                .orElse(Optional.of(NO_AVATAR));
    }

    private Optional<String> refusal(Avatar avatar, Overrides.Change change, Instant now) {
        Eligibility eligibility = Eligibility.of(avatar, avatars.types(), now);
        if (eligibility instanceof Eligibility.NotTraining other) {
            return Optional.of("its status is " + other.status() + ", not TRAINING");
        }
        if (eligibility instanceof Eligibility.Invalid invalid) {
            return Optional.of(invalid.reason());
        }
        Instant started = avatar.trainingStartedAt();
        return started != null && started.isBefore(now.minus(maxAge)) && !hasTime(avatar, change, now)
                ? Optional.of("its training started at " + started.truncatedTo(ChronoUnit.SECONDS)
                        + ", longer ago than monitor.max-age")
                : Optional.empty();
    }

    /** Returns whether an operator gives this training a deadline, or gave it one that has not passed. */
    private boolean hasTime(Avatar avatar, Overrides.Change change, Instant now) {
        if (change.given().deadline() != null) {
            return true;
        }
        Overrides own =
                change.of(OverrideStore.of(database, List.of(avatar)).getOrDefault(avatar.id(), Overrides.NONE));
        return own.deadline() != null && !own.isOver(now);
    }
}
