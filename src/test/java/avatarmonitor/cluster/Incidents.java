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
 * What was done to the cluster and when: which times do not count against it, and which workers others may have taken for dead. Safe
 * for use by several threads.
 */
final class Incidents {
    /** From the incident until its consequences must be over. */
    record Incident(String what, Instant from, Instant until) {}

    private final List<Incident> incidents = new ArrayList<>();
    private final Set<String> suspects = new HashSet<>();

    synchronized void add(String what, Instant from, Instant until) {
        incidents.add(new Incident(what, from, until));
    }

    /** Others may have taken this worker for dead: it was killed, or it could not be seen for long. */
    synchronized void suspect(String worker) {
        suspects.add(worker);
    }

    synchronized Set<String> suspects() {
        return Set.copyOf(suspects);
    }

    /** How much of this time lies within incidents; what lies within several counts once. */
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

    /** Those that touch this time, in words. */
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
