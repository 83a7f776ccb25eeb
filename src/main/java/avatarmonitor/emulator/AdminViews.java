package avatarmonitor.emulator;

import avatarmonitor.emulator.http.BadInputException;
import avatarmonitor.emulator.http.JsonFields;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Phase;
import avatarmonitor.emulator.scenario.Scenario;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Response records of the admin API. */
final class AdminViews {
    private static final int DEFAULT_SHOWN = 1000;

    private AdminViews() {}

    static List<Call> calls(CallLog log, Map<String, List<String>> query) {
        onlyKnown(query, List.of("request_id", "op", "after", "limit"));
        String id = first(query, "request_id");
        Op op = op(first(query, "op"));
        int after = number(query, "after", 0);
        Predicate<Call> wanted = call ->
                call.number() > after && (id == null || id.equals(call.requestId())) && (op == null || op == call.op());
        return log.list(wanted).stream()
                .limit(number(query, "limit", DEFAULT_SHOWN))
                .toList();
    }

    /** A request as the admin API shows it. */
    record Request(
            String requestId,
            String endpoint,
            String endpointId,
            String phase,
            @Nullable Integer queuePosition,
            @Nullable Instant endsAt,
            boolean webhook,
            Life scenario) {}

    /** The fields of a scenario that determine its duration and its end. */
    record Life(
            double queueSeconds,
            int queueLength,
            double runSeconds,
            double requeueSeconds,
            Course.Stall stall,
            String endStatus,
            @Nullable String errorType,
            int resultCode) {}

    static List<Request> requests(Emulation emulation, Map<String, List<String>> query) {
        onlyKnown(query, List.of("limit"));
        Instant now = emulation.clock().instant();
        return emulation.requests().list().stream()
                .limit(number(query, "limit", DEFAULT_SHOWN))
                .map(request -> request(request, now))
                .toList();
    }

    static Request request(QueuedRequest request, Instant now) {
        QueuedRequest.View view = request.at(now);
        return new Request(
                request.id(),
                request.endpoint(),
                request.endpointId(),
                view.phase().name(),
                view.phase() == Phase.IN_QUEUE ? view.position() : null,
                request.end().orElse(null),
                request.webhook() != null,
                scenario(view.scenario()));
    }

    static Life scenario(Scenario scenario) {
        Course course = scenario.course();
        return new Life(
                course.queue().toMillis() / 1000.0,
                course.queueLength(),
                course.run().toMillis() / 1000.0,
                course.requeue().toMillis() / 1000.0,
                course.stall(),
                scenario.outcome().endStatus(),
                scenario.outcome().errorType(),
                scenario.outcome().resultCode());
    }

    private static @Nullable Op op(@Nullable String text) {
        if (text == null) {
            return null;
        }
        for (Op op : Op.values()) {
            if (JsonFields.word(op).equals(text.toLowerCase(Locale.ROOT))) {
                return op;
            }
        }
        throw new BadInputException("op: expected one of " + JsonFields.words(Op.class) + ", got " + text);
    }

    private static @Nullable String first(Map<String, List<String>> query, String name) {
        List<String> values = query.get(name);
        return values == null ? null : values.get(0);
    }

    private static int number(Map<String, List<String>> query, String name, int fallback) {
        String text = first(query, name);
        if (text == null) {
            return fallback;
        }
        if (!text.matches("[0-9]{1,9}")) {
            throw new BadInputException(name + ": expected a whole number, got " + text);
        }
        return Integer.parseInt(text);
    }

    private static void onlyKnown(Map<String, List<String>> query, List<String> known) {
        for (String name : query.keySet()) {
            if (!known.contains(name)) {
                throw new BadInputException(name + ": unknown parameter; expected only " + String.join(", ", known));
            }
        }
    }
}
