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
 * State of one alert kind: gathering, lasting, over, and gathering again with the next event. Pure. Any number of
 * events is kept as a count.
 *
 * @param beganAt time of the first event of this alert
 * @param lastAt time of the last event
 * @param events number of events
 * @param workers for which the alert lasts; empty for kinds that end after a quiet period only
 * @param examples summaries of the first events, at most {@value #EXAMPLES_MAX}
 * @param seenAt time of the last change
 * @param dueAt when the next message is due
 */
record Alert(
        AlertKind kind,
        Phase phase,
        Instant beganAt,
        Instant lastAt,
        long events,
        Set<String> workers,
        List<String> examples,
        Instant seenAt,
        Instant dueAt) {
    static final int EXAMPLES_MAX = 5;

    /** Limit of named workers, far above the size of a cluster; further ones are counted but not named. */
    static final int WORKERS_MAX = 100;

    enum Phase {
        GATHERING,
        LASTING,
        OVER
    }

    /** Kind of a message. */
    enum News {
        BEGUN,
        REMINDER,
        OVER
    }

    /** A message that is due, and the state after it is sent. */
    record DueMessage(News news, Alert after) {}

    /** Returns the state after an event that raises the alert. */
    static Alert raised(Optional<Alert> before, AlertKind kind, Logged event, Instant now, Duration gather) {
        Alert alert = before.filter(known -> known.phase != Phase.OVER)
                .orElseGet(() -> new Alert(
                        kind, Phase.GATHERING, event.at(), event.at(), 0, Set.of(), List.of(), now, now.plus(gather)));
        Set<String> workers = new TreeSet<>(alert.workers);
        if (kind.lastsAfter(event) && workers.size() < WORKERS_MAX) {
            workers.add(event.worker());
        }
        List<String> examples = new ArrayList<>(alert.examples);
        if (examples.size() < EXAMPLES_MAX) {
            examples.add(EventSummary.of(event));
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

    /** Returns the state after the alert ended for a worker, or for all workers when the kind is not per worker. */
    Alert ended(String worker, Instant now) {
        return keeping(name -> kind.ofWorkers() && !name.equals(worker), now);
    }

    /** Returns the state without the workers that are gone, since no event of theirs will end it. */
    Alert withoutGone(Set<String> gone, Instant now) {
        return keeping(name -> !kind.ofWorkers() || !gone.contains(name), now);
    }

    private Alert keeping(Predicate<String> kept, Instant now) {
        Set<String> left = new TreeSet<>(workers);
        boolean changed = left.removeIf(kept.negate());
        return changed ? new Alert(kind, phase, beganAt, lastAt, events, left, examples, now, dueAt) : this;
    }

    /** Returns the message that is due now; empty when there is none. */
    Optional<DueMessage> due(Instant now, Duration reminder) {
        if (phase == Phase.GATHERING && !now.isBefore(dueAt)) {
            return Optional.of(new DueMessage(News.BEGUN, in(Phase.LASTING, now.plus(reminder))));
        }
        if (phase == Phase.LASTING && workers.isEmpty() && !now.isBefore(seenAt.plus(kind.quietPeriod()))) {
            return Optional.of(new DueMessage(News.OVER, in(Phase.OVER, now)));
        }
        if (phase == Phase.LASTING && !now.isBefore(dueAt)) {
            return Optional.of(new DueMessage(News.REMINDER, in(Phase.LASTING, now.plus(reminder))));
        }
        return Optional.empty();
    }

    private Alert in(Phase next, Instant due) {
        return new Alert(kind, next, beganAt, lastAt, events, workers, examples, seenAt, due);
    }
}
