package avatarmonitor.emulator;

import avatarmonitor.emulator.http.BadInputException;
import avatarmonitor.emulator.http.Incoming;
import avatarmonitor.emulator.http.Json;
import avatarmonitor.emulator.http.Refusals;
import avatarmonitor.emulator.http.Reply;
import avatarmonitor.emulator.http.Route;
import avatarmonitor.emulator.scenario.Cancelling;
import avatarmonitor.emulator.scenario.Phase;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.emulator.scenario.ScenarioJson;
import avatarmonitor.fal.FalRequestId;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The queue's operations without faults: submit, status, result and cancel. */
final class QueueCalls {
    static final String REQUEST_ID_HEADER = "x-fal-request-id";
    private static final String SCENARIO_FIELD = "_emulator";

    private final Emulation emulation;
    private final SecureRandom random = new SecureRandom();

    QueueCalls(Emulation emulation) {
        this.emulation = emulation;
    }

    Reply submit(String endpointId, Incoming incoming, String origin, CallLog.Open call) {
        Instant now = emulation.clock().instant();
        if (queueTooLong(incoming.parameter("fal_max_queue_length"), now)) {
            return Reply.detail(429, "Queue is longer than fal_max_queue_length");
        }
        URI webhook = webhook(incoming.parameter("fal_webhook"));
        Taken taken = take(endpointId, incoming, webhook, UnaryOperator.identity(), call);
        if (taken instanceof Taken.Request in) {
            QueuedRequest request = in.request();
            return Reply.json(200, submitted(request, request.at(now), origin)).with(REQUEST_ID_HEADER, request.id());
        }
        return ((Taken.Refused) taken).reply();
    }

    /** Outcome of a submit. */
    sealed interface Taken {
        record Request(QueuedRequest request) implements Taken {}

        record Refused(Reply reply) implements Taken {}
    }

    /** Registers a new request; applies {@code changed} to the scenario of its input. */
    Taken take(
            String endpointId,
            Incoming incoming,
            @Nullable URI webhook,
            UnaryOperator<Scenario> changed,
            CallLog.Open call) {
        if (emulation.config().knownTrainersOnly() && !offered(endpointId)) {
            return new Taken.Refused(Refusals.unknownApplication(endpointId));
        }
        JsonElement input =
                Json.parse(incoming.body().isEmpty() ? "{}" : incoming.body()).orElse(null);
        if (!(input instanceof JsonObject fields)) {
            return new Taken.Refused(Reply.detail(422, "the input is not a JSON object"));
        }
        Scenario basis = emulation.defaultScenario();
        JsonElement wanted = fields.get(SCENARIO_FIELD);
        Scenario scenario = changed.apply(wanted == null ? basis : ScenarioJson.read(wanted, SCENARIO_FIELD, basis));
        Instant now = emulation.clock().instant();
        QueuedRequest request = emulation.request(endpointId, RequestIds.next(now, random), webhook, now, scenario);
        if (emulation.register(request, scenario) != RequestBook.Added.ADDED) {
            return new Taken.Refused(Refusals.FULL);
        }
        call.about(request.id());
        return new Taken.Request(request);
    }

    private static boolean offered(String endpointId) {
        return Trainers.find(endpointId).filter(trainer -> !trainer.retired()).isPresent();
    }

    /** Answers 404 when the request is unknown, belongs to another endpoint or its status has expired. */
    Reply status(Route.About about, Incoming incoming, String origin) {
        Instant now = emulation.clock().instant();
        QueuedRequest request = find(about);
        if (request == null || !request.statusKept(now)) {
            return Refusals.NOT_FOUND;
        }
        QueuedRequest.View view = request.at(now);
        JsonObject body = StatusBody.of(request, view, origin);
        if (wantsLogs(incoming)) {
            body.add("logs", StatusBody.logs(view, Instant.MIN, now));
        }
        return Reply.json(view.over() ? 200 : 202, body).with(REQUEST_ID_HEADER, request.id());
    }

    Reply result(Route.About about) {
        Instant now = emulation.clock().instant();
        QueuedRequest request = find(about);
        if (request == null || !request.resultKept(now)) {
            return Refusals.NOT_FOUND;
        }
        QueuedRequest.View view = request.at(now);
        Reply reply = view.over() ? request.result(view) : Refusals.STILL_IN_PROGRESS;
        return reply.with(REQUEST_ID_HEADER, request.id());
    }

    Reply cancel(Route.About about) {
        Instant now = emulation.clock().instant();
        QueuedRequest request = find(about);
        if (request == null || !request.statusKept(now)) {
            return Refusals.NOT_FOUND;
        }
        Cancelling conduct = request.at(now).scenario().cancelling();
        boolean taken = request.cancel(now);
        emulation.webhooks().plan(request);
        Reply reply = taken ? accepted(conduct) : tooLate(conduct, request.id());
        return reply.with(REQUEST_ID_HEADER, request.id());
    }

    @Nullable
    QueuedRequest find(Route.About about) {
        QueuedRequest request = emulation.requests().find(about.requestId());
        return request != null && request.endpoint().equals(about.endpoint()) ? request : null;
    }

    static boolean wantsLogs(Incoming incoming) {
        String logs = incoming.parameter("logs");
        return "1".equals(logs) || "true".equals(logs);
    }

    static @Nullable URI webhook(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            URI url = URI.create(text);
            if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (IllegalArgumentException notAnAddress) {
            // Rejected below like every other unusable address.
        }
        throw new BadInputException("webhook: expected an absolute http(s) URL");
    }

    static boolean isRequestId(String text) {
        return FalRequestId.parse(text).isPresent();
    }

    private boolean queueTooLong(@Nullable String most, Instant now) {
        if (most == null) {
            return false;
        }
        if (!most.matches("[0-9]{1,9}")) {
            throw new BadInputException("fal_max_queue_length: expected a whole number");
        }
        long waiting = emulation.requests().list().stream()
                .filter(request -> request.at(now).phase() == Phase.IN_QUEUE)
                .count();
        return waiting > Integer.parseInt(most);
    }

    /** {@code queue_position} is present only with IN_QUEUE; a request that starts at once is already IN_PROGRESS. */
    private static JsonObject submitted(QueuedRequest request, QueuedRequest.View view, String origin) {
        JsonObject body = new JsonObject();
        boolean running = view.phase() == Phase.IN_PROGRESS;
        body.addProperty("status", running ? Phase.IN_PROGRESS.name() : Phase.IN_QUEUE.name());
        body.addProperty("request_id", request.id());
        if (!running) {
            body.addProperty("queue_position", view.position());
        }
        StatusBody.addUrls(body, request, origin);
        return body;
    }

    private static Reply accepted(Cancelling conduct) {
        return switch (conduct.accepted()) {
            case REQUESTED -> Reply.status(202, "CANCELLATION_REQUESTED");
            case OK -> Reply.status(200, "OK");
            case SUCCESS -> Reply.claimingJson(200, "{\"success\":true}");
        };
    }

    private static Reply tooLate(Cancelling conduct, String id) {
        return switch (conduct.tooLate()) {
            case STATUS -> Reply.status(400, "ALREADY_COMPLETED");
            case DETAIL -> Reply.detail(400, "Request " + id + " is already completed.");
        };
    }
}
