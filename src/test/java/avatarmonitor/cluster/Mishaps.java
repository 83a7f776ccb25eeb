package avatarmonitor.cluster;

import avatarmonitor.emulator.http.Effect;
import avatarmonitor.emulator.scenario.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Injects faults into a cluster at their times, ends them, and records them as incidents. */
final class Mishaps {
    /**
     * A worker that freezes in a transaction blocks all others until the server ends that transaction, ten seconds
     * later. Soon afterwards they check again, whether the worker continues or not.
     */
    static final Duration OTHERS_GO_ON = Duration.ofSeconds(15);

    /** Time until workers have connections again and have found what is overdue. */
    static final Duration AFTER_SERVER_RESTART = Duration.ofSeconds(10);

    /** Time that a worker without observations gives its peers to reconnect before it considers one dead. */
    private static final Duration AFTER_BLINDNESS = Duration.ofSeconds(10);

    private static final Duration SAMPLE = Duration.ofMillis(200);
    private static final Duration NETWORK_DELAY = Duration.ofMillis(5);
    private static final Duration FAL_DELAY = Duration.ofMillis(300);
    private static final Duration FAL_RETRY_AFTER = Duration.ofSeconds(1);

    private final Cluster cluster;
    private final Map<Mishap, Instant> begun = new HashMap<>();
    private final Map<Mishap, Integer> faults = new HashMap<>();
    private Instant serverBack = Instant.EPOCH;
    private @Nullable Instant noneSince;

    Mishaps(Cluster cluster) {
        this.cluster = cluster;
    }

    private record Action(Duration at, Runnable what) {}

    /** Returns when the last fault is over and every worker runs again. */
    void befall(List<Mishap> mishaps) {
        List<Action> actions = new ArrayList<>();
        for (Mishap mishap : mishaps) {
            actions.add(new Action(mishap.at(), () -> begin(mishap)));
            actions.add(new Action(mishap.at().plus(mishap.lasts()), () -> end(mishap)));
        }
        actions.sort(Comparator.comparing(Action::at));
        long started = System.nanoTime();
        for (Action action : actions) {
            long due = started + action.at().toNanos();
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(Math.min(due - System.nanoTime(), SAMPLE.toNanos()));
                excuseTimeWithoutWorkers();
            }
            action.what().run();
            cluster.members().forEach(Member::startAgainIfItCouldNot);
        }
        cluster.members().forEach(member -> member.awaitUp(this::excuseTimeWithoutWorkers));
    }

    /** On a busy machine all workers may be stopped or still starting at the same time. */
    private void excuseTimeWithoutWorkers() {
        Instant now = cluster.fal().now();
        if (cluster.members().stream().noneMatch(Member::isUp)) {
            noneSince = noneSince == null ? now : noneSince;
        } else if (noneSince != null) {
            cluster.incidents().add("no worker", noneSince, now);
            noneSince = null;
        }
    }

    private void begin(Mishap mishap) {
        System.out.println(cluster.fal().now() + " " + mishap);
        begun.put(mishap, cluster.fal().now());
        switch (mishap.kind()) {
            case KILL -> {
                suspect(mishap);
                member(mishap).kill();
            }
            case FREEZE -> {
                suspect(mishap);
                member(mishap).freeze();
            }
            case STOP -> member(mishap).beginToStop();
            case BLACK_HOLE -> {
                suspect(mishap);
                member(mishap).network().swallowEverything();
            }
            case CUT -> member(mishap).network().cut();
            case SLOW_NETWORK -> member(mishap).network().delay(NETWORK_DELAY);
            case SERVER_RESTART -> cluster.server().stop();
            case FAL_SLOW -> inject(mishap, Fault.delay(Duration.ZERO, FAL_DELAY));
            case FAL_BROKEN -> inject(mishap, Fault.badGateway());
            case FAL_LIMITS -> inject(mishap, Fault.rateLimited(FAL_RETRY_AFTER, Effect.RetryAfter.SECONDS));
        }
    }

    private void end(Mishap mishap) {
        switch (mishap.kind()) {
            case KILL -> startAgain(member(mishap));
            case FREEZE -> member(mishap).thaw();
            case STOP -> {
                member(mishap).awaitEnd();
                if (member(mishap).process().output().contains("could not leave the cluster in order")) {
                    // The lock it needed was held: peers detect its absence, and after a time without observations not
                    // at once.
                    suspect(mishap);
                    Instant to = cluster.fal().now();
                    Instant until = to.plus(AFTER_BLINDNESS).plus(Cluster.DETECTION);
                    cluster.incidents().add("left without order", begun.getOrDefault(mishap, to), until);
                }
                startAgain(member(mishap));
            }
            case BLACK_HOLE -> member(mishap).network().letThrough();
            case CUT -> {}
            case SLOW_NETWORK -> member(mishap).network().delay(Duration.ZERO);
            case SERVER_RESTART -> {
                cluster.server().start();
                serverBack = cluster.fal().now();
                if (!cluster.members().stream().allMatch(Member::hasStarted)) {
                    suspectAll();
                }
            }
            case FAL_SLOW, FAL_BROKEN, FAL_LIMITS -> cluster.fal().clearFault(faults.getOrDefault(mishap, 0));
        }
        excuse(mishap, begun.getOrDefault(mishap, Instant.MAX), cluster.fal().now());
    }

    private void startAgain(Member member) {
        if (cluster.fal().now().isBefore(serverBack.plus(AFTER_SERVER_RESTART))) {
            suspectAll();
        }
        member.start();
    }

    /**
     * A worker that starts while others have not reconnected does not know of the outage, and may consider them dead.
     */
    private void suspectAll() {
        cluster.members().forEach(member -> cluster.incidents().suspect(member.worker()));
    }

    /** Records the part of a fault that does not count as time without a check. */
    private void excuse(Mishap mishap, Instant from, Instant to) {
        Instant until = switch (mishap.kind()) {
            case KILL -> from.plus(Cluster.DETECTION);
            case FREEZE, BLACK_HOLE -> earlier(to, from.plus(OTHERS_GO_ON));
            case CUT -> to.plus(Cluster.DETECTION);
            // A check that is due while its worker may send no requests waits for its next slot.
            case FAL_LIMITS -> to.plus(FAL_RETRY_AFTER).plus(cluster.interval());
            case SLOW_NETWORK -> to;
            case SERVER_RESTART -> to.plus(AFTER_SERVER_RESTART);
            case STOP, FAL_SLOW, FAL_BROKEN -> from;
        };
        cluster.incidents().add(mishap.kind() + " " + mishap.member(), from, until);
    }

    private void inject(Mishap mishap, Fault fault) {
        faults.put(mishap, cluster.fal().inject(fault));
    }

    private void suspect(Mishap mishap) {
        cluster.incidents().suspect(member(mishap).worker());
    }

    private Member member(Mishap mishap) {
        return cluster.member(mishap.member());
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
