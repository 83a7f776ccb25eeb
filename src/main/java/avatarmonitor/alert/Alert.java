package avatarmonitor.alert;

import avatarmonitor.event.EventLog.Logged;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * How one kind stands, from its first event until it is over: gathering, lasting, over, and gathering again with the next one. Pure;
 * a storm of any size is a count in here.
 *
 * @param beganAt when the first event of this time happened
 * @param lastAt when the last one did
 * @param events how many there were
 * @param workers for which it lasts; empty for kinds that only quiet ends
 * @param examples the first events in words, at most {@value #EXAMPLES_MAX}
 * @param seenAt when something about it changed
 * @param dueAt when the next message is due
 */
record Alert(
        AlertKind kind,
        Phase phase,
        Instant beganAt,
        Instant lastAt,
        long events,
        Set<String> workers,
        List<Example> examples,
        Instant seenAt,
        Instant dueAt) {
    static final int EXAMPLES_MAX = 5;

    /** Far more than a cluster has; what is beyond is counted but not named. */
    static final int WORKERS_MAX = 100;

    enum Phase {
        GATHERING,
        LASTING,
        OVER
    }

    /** What a message says. */
    enum News {
        BEGUN,
        REMINDER,
        OVER
    }

    /** What is to be said now, and how it stands then. */
    record Told(News news, Alert after) {}

    /** After an event that raises it. */
    static Alert raised(Optional<Alert> before, AlertKind kind, Logged event, Instant now, Duration gather) {
        Alert alert = before.filter(known -> known.phase != Phase.OVER)
                .orElseGet(() -> new Alert(
                        kind, Phase.GATHERING, event.at(), event.at(), 0, Set.of(), List.of(), now, now.plus(gather)));
        Set<String> workers = new TreeSet<>(alert.workers);
        if (kind.lastsAfter(event) && workers.size() < WORKERS_MAX) {
            workers.add(event.worker());
        }
        List<Example> examples = new ArrayList<>(alert.examples);
        if (examples.size() < EXAMPLES_MAX) {
            examples.add(Example.of(event));
        }
        return new Alert(
                kind,
                alert.phase,
                event.at().isBefore(alert.beganAt) ? event.at() : alert.beganAt,
                event.at().isAfter(alert.lastAt) ? event.at() : alert.lastAt,
                alert.events + 1,
                workers,
                examples,
                now,
                alert.dueAt);
    }

    /** After it ended for a worker, or for all when it is not a matter of single workers. */
    Alert ended(String worker, Instant now) {
        return keeping(name -> kind.ofWorkers() && !name.equals(worker), now);
    }

    /** Without the workers that are gone: no worker will say that it ended for them. */
    Alert withoutGone(Set<String> gone, Instant now) {
        return keeping(name -> !kind.ofWorkers() || !gone.contains(name), now);
    }

    private Alert keeping(Predicate<String> kept, Instant now) {
        Set<String> left = new TreeSet<>(workers);
        boolean changed = left.removeIf(kept.negate());
        return changed ? new Alert(kind, phase, beganAt, lastAt, events, left, examples, now, dueAt) : this;
    }

    /** What has to be said now; empty when it is nothing. */
    Optional<Told> due(Instant now, Duration reminder) {
        if (phase == Phase.GATHERING && !now.isBefore(dueAt)) {
            return Optional.of(new Told(News.BEGUN, in(Phase.LASTING, now.plus(reminder))));
        }
        if (phase == Phase.LASTING && workers.isEmpty() && !now.isBefore(seenAt.plus(kind.calm()))) {
            return Optional.of(new Told(News.OVER, in(Phase.OVER, now)));
        }
        if (phase == Phase.LASTING && !now.isBefore(dueAt)) {
            return Optional.of(new Told(News.REMINDER, in(Phase.LASTING, now.plus(reminder))));
        }
        return Optional.empty();
    }

    private Alert in(Phase next, Instant due) {
        return new Alert(kind, next, beganAt, lastAt, events, workers, examples, seenAt, due);
    }
}
