package avatarmonitor.cluster;

import avatarmonitor.emulator.Call;
import avatarmonitor.emulator.http.Op;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Number of status requests per training. */
final class CheckCounts {
    private final Map<String, Long> counts;

    CheckCounts(Collection<Call> calls) {
        counts = calls.stream()
                .filter(call -> call.op() == Op.STATUS)
                .map(Call::requestId)
                .filter(Objects::nonNull)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    long of(Training training) {
        return counts.getOrDefault(training.request(), 0L);
    }

    long least(Collection<Training> trainings) {
        return trainings.stream().mapToLong(this::of).min().orElse(0);
    }
}
