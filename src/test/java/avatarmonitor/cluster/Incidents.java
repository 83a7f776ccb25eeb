package avatarmonitor.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Faults injected into the cluster: times that do not count as gaps, and workers that others may have considered dead.
 * Thread-safe.
 */
final class Incidents {
    /** From the fault until its consequences must be over. */
    record Incident(String what, Instant from, Instant until) {}

    private final List<Incident> incidents = new ArrayList<>();
    private final Set<String> suspects = new HashSet<>();

    synchronized void add(String what, Instant from, Instant until) {
        incidents.add(new Incident(what, from, until));
    }

    /** Marks a worker that others may have considered dead: it was killed, or was unreachable for long. */
    synchronized void suspect(String worker) {
        suspects.add(worker);
    }

    synchronized Set<String> suspects() {
        return Set.copyOf(suspects);
    }

    /** Returns how much of this time lies within incidents; overlapping incidents count once. */
    synchronized Duration within(Instant from, Instant to) {
        Duration sum = Duration.ZERO;
        Instant counted = from;
        for (Incident incident : sorted()) {
            Instant begin = later(counted, incident.from);
            Instant end = incident.until.isBefore(to) ? incident.until : to;
            if (begin.isBefore(end)) {
                sum = sum.plus(Duration.between(begin, end));
                counted = end;
            }
        }
        return sum;
    }

    /** Describes the incidents that overlap this time. */
    synchronized String during(Instant from, Instant to) {
        return sorted().stream()
                .filter(incident -> incident.from.isBefore(to) && incident.until.isAfter(from))
                .map(incident -> incident.what + " " + incident.from + ".." + incident.until)
                .collect(Collectors.joining("; ", "[", "]"));
    }

    private List<Incident> sorted() {
        return incidents.stream().sorted(Comparator.comparing(Incident::from)).toList();
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
