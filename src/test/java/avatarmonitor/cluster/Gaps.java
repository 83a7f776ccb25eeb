package avatarmonitor.cluster;

import avatarmonitor.emulator.Call;
import avatarmonitor.emulator.http.Op;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Times between two status requests of one training, from fal's call log. */
final class Gaps {
    private final Incidents incidents;
    private final Map<String, List<Instant>> asked = new HashMap<>();
    private final List<Gap> all = new ArrayList<>();

    private record Gap(String request, Instant from, Instant to, Duration counted) {}

    /** Reads the log once. */
    Gaps(Collection<Call> calls, Incidents incidents) {
        this.incidents = incidents;
        for (Call call : calls) {
            if (call.op() == Op.STATUS && call.requestId() != null) {
                asked.computeIfAbsent(call.requestId(), any -> new ArrayList<>())
                        .add(call.at());
            }
        }
        asked.forEach((request, times) -> {
            for (int i = 1; i < times.size(); i++) {
                Instant from = times.get(i - 1);
                Instant to = times.get(i);
                Duration counted = Duration.between(from, to).minus(incidents.within(from, to));
                all.add(new Gap(request, from, to, counted));
            }
        });
    }

    /**
     * Returns gaps that are too long, as text by request.
     *
     * @param most maximum, in addition to the time of incidents
     */
    Map<String, List<String>> longerThan(Duration most) {
        Map<String, List<String>> found = new HashMap<>();
        for (Gap gap : all) {
            if (gap.counted.compareTo(most) > 0) {
                found.computeIfAbsent(gap.request, any -> new ArrayList<>())
                        .add("not checked for " + Duration.between(gap.from, gap.to) + " from " + gap.from + " to "
                                + gap.to + ", allowed are " + most + " and the time of incidents "
                                + incidents.during(gap.from, gap.to));
            }
        }
        return found;
    }

    /** Returns the longest gap, including incidents. */
    Duration longest() {
        return all.stream()
                .map(gap -> Duration.between(gap.from, gap.to))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** Returns the longest gap without the time of incidents. */
    Duration longestCounted() {
        return all.stream().map(Gap::counted).max(Duration::compareTo).orElse(Duration.ZERO);
    }

    int checks() {
        return asked.values().stream().mapToInt(List::size).sum();
    }
}
