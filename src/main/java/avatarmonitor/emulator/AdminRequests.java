package avatarmonitor.emulator;

import avatarmonitor.emulator.http.BadInputException;
import avatarmonitor.emulator.http.Incoming;
import avatarmonitor.emulator.http.JsonFields;
import avatarmonitor.emulator.http.Refusals;
import avatarmonitor.emulator.http.Reply;
import avatarmonitor.emulator.http.Route;
import avatarmonitor.emulator.http.Site;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Notifying;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.emulator.scenario.ScenarioJson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Admin API below {@code /_emulator/requests}. */
final class AdminRequests {
    private static final int MOST_AT_ONCE = 10_000;
    private static final String PORTRAIT = "fal-ai/flux-lora-portrait-trainer";

    private final Emulation emulation;

    AdminRequests(Emulation emulation) {
        this.emulation = emulation;
    }

    Reply answer(Incoming incoming, List<String> rest) {
        return switch (rest.size()) {
            case 0 ->
                switch (incoming.method()) {
                    case "GET" -> Reply.of(200, AdminViews.requests(emulation, incoming.query()));
                    case "POST" -> register(incoming);
                    default -> AdminApi.unknownRoute();
                };
            case 1 -> one(incoming, rest.get(0));
            default ->
                rest.get(1).equals("webhook")
                                && rest.size() == 2
                                && incoming.method().equals("POST")
                        ? webhook(incoming, rest.get(0))
                        : AdminApi.unknownRoute();
        };
    }

    private Reply one(Incoming incoming, String id) {
        QueuedRequest request = emulation.requests().find(id);
        if (request == null) {
            return Refusals.NOT_FOUND;
        }
        return switch (incoming.method()) {
            case "GET" ->
                Reply.of(200, AdminViews.request(request, emulation.clock().instant()));
            case "PUT" -> {
                Scenario basis = request.at(emulation.clock().instant()).scenario();
                Scenario next = ScenarioJson.read(AdminApi.json(incoming), "scenario", basis.withFaults(List.of()));
                yield emulation.change(id, next) ? AdminApi.done() : Refusals.NOT_FOUND;
            }
            case "DELETE" -> emulation.forget(id) ? AdminApi.done() : Refusals.NOT_FOUND;
            default -> AdminApi.unknownRoute();
        };
    }

    /** Registers one request or a list of them under {@code requests}; reads all before it registers the first. */
    private Reply register(Incoming incoming) {
        JsonElement body = AdminApi.json(incoming);
        if (body instanceof JsonObject object && object.has("requests")) {
            JsonFields fields = JsonFields.of(body, "body");
            if (!(fields.any("requests") instanceof JsonArray list) || list.size() > MOST_AT_ONCE) {
                throw fields.wrong("requests", "a list of at most " + MOST_AT_ONCE);
            }
            fields.end();
            List<QueuedRequest> all = list.asList().stream()
                    .map(element -> read(element, "request"))
                    .toList();
            all.forEach(this::takeIn);
            return AdminApi.done();
        }
        takeIn(read(body, "request"));
        return AdminApi.done();
    }

    private QueuedRequest read(JsonElement element, String where) {
        JsonFields fields = JsonFields.of(element, where);
        String id = fields.requiredText("request_id");
        if (!QueueCalls.isRequestId(id)) {
            throw fields.wrong("request_id", "1 to 64 letters, digits and hyphens");
        }
        String endpoint = fields.text("endpoint", PORTRAIT);
        if (!(Route.of(Site.QUEUE, "POST", "/" + endpoint, true) instanceof Route.Submit submit)
                || !submit.endpoint().equals(endpoint)) {
            throw fields.wrong("endpoint", "owner/app or owner/app/sub/path");
        }
        Scenario basis = emulation.defaultScenario();
        JsonElement wanted = fields.any("scenario");
        Scenario scenario = wanted == null ? basis : ScenarioJson.read(wanted, "scenario", basis);
        URI webhook = QueueCalls.webhook(fields.textOrNull("webhook_url"));
        Instant submittedAt = emulation
                .clock()
                .instant()
                .minus(fields.seconds("submitted_seconds_ago", Course.LONGEST, Duration.ZERO));
        fields.end();
        return emulation.request(endpoint, id, webhook, submittedAt, scenario);
    }

    private void takeIn(QueuedRequest request) {
        Scenario scenario = request.at(emulation.clock().instant()).scenario();
        switch (emulation.register(request, scenario)) {
            case ADDED -> {}
            case KNOWN_ID -> throw new BadInputException("request_id: expected a new id, got " + request.id());
            case FULL ->
                throw new BadInputException("requests: expected at most "
                        + emulation.config().limits().requests() + " unfinished ones");
        }
    }

    private Reply webhook(Incoming incoming, String id) {
        JsonFields fields = AdminApi.fields(incoming, "webhook");
        Notifying.@Nullable Signature signature = fields.oneOfOrNull("signature", Notifying.Signature.class);
        fields.end();
        QueuedRequest request = emulation.requests().find(id);
        if (request == null) {
            return Refusals.NOT_FOUND;
        }
        return emulation.webhooks().send(request, signature)
                ? AdminApi.done()
                : Reply.detail(400, "expected a finished request that was submitted with a webhook");
    }
}
