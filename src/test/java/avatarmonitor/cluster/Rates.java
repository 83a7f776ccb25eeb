package avatarmonitor.cluster;

import avatarmonitor.emulator.Call;
import avatarmonitor.emulator.http.Op;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Rate of the requests of all workers, from fal's call log. */
final class Rates {
    private static final Set<Op> LIMITED = Set.of(Op.STATUS, Op.RESULT, Op.HISTORY);

    private final List<Instant> times;

    Rates(Collection<Call> calls) {
        this.times = calls.stream()
                .filter(call -> LIMITED.contains(call.op()))
                .map(Call::at)
                .sorted()
                .toList();
    }

    /** Returns the number of requests in the busiest time of this length, wherever it begins. */
    int mostWithin(Duration length) {
        Deque<Instant> window = new ArrayDeque<>();
        int most = 0;
        for (Instant at : times) {
            window.addLast(at);
            while (!window.getFirst().plus(length).isAfter(at)) {
                window.removeFirst();
            }
            most = Math.max(most, window.size());
        }
        return most;
    }

    /** Describes the busiest time of this length: its begin, and the requests in each second from 5 s before it on. */
    String busiest(Duration length) {
        Deque<Instant> window = new ArrayDeque<>();
        int most = 0;
        Instant from = Instant.EPOCH;
        for (Instant at : times) {
            window.addLast(at);
            while (!window.getFirst().plus(length).isAfter(at)) {
                window.removeFirst();
            }
            if (window.size() > most) {
                most = window.size();
                from = window.getFirst();
            }
        }
        Instant first = from.minusSeconds(5);
        Map<Long, Long> seconds = times.stream()
                .filter(at ->
                        !at.isBefore(first) && at.isBefore(first.plus(length).plusSeconds(6)))
                .collect(Collectors.groupingBy(
                        at -> Duration.between(first, at).toSeconds(), TreeMap::new, Collectors.counting()));
        return from + " " + seconds;
    }

    int requests() {
        return times.size();
    }
}
