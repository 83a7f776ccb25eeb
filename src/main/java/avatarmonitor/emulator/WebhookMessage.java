package avatarmonitor.emulator;

import avatarmonitor.emulator.http.Json;
import avatarmonitor.emulator.http.Reply;
import avatarmonitor.emulator.scenario.Notifying;
import avatarmonitor.emulator.scenario.Scenario;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/** Builds the body of a webhook (docs/fal-contract.md section 4). */
final class WebhookMessage {
    private static final String NOT_SERIALIZABLE = "Response payload is not JSON serializable. Either return a JSON"
            + " serializable object or use the queue endpoint to retrieve the response.";

    private WebhookMessage() {}

    static JsonObject of(QueuedRequest request, QueuedRequest.View view) {
        Reply result = request.result(view);
        Optional<JsonElement> payload = view.scenario().notifying().payload() == Notifying.Payload.FULL
                        && !result.body().isEmpty()
                ? Json.parse(result.body())
                : Optional.empty();
        boolean good = result.code() == 200;
        JsonObject body = new JsonObject();
        body.addProperty("request_id", request.id());
        body.addProperty("gateway_request_id", gatewayId(request.id(), view.scenario()));
        body.addProperty("status", good ? "OK" : "ERROR");
        body.addProperty("error", good ? null : "Invalid status code: " + result.code());
        body.add("payload", payload.orElse(JsonNull.INSTANCE));
        if (payload.isEmpty()) {
            body.addProperty("payload_error", NOT_SERIALIZABLE);
        }
        return body;
    }

    /** Returns another id than the request's when the queue had to run it again. */
    private static String gatewayId(String requestId, Scenario scenario) {
        return scenario.course().requeue().isZero()
                ? requestId
                : UUID.nameUUIDFromBytes(("gateway " + requestId).getBytes(StandardCharsets.UTF_8))
                        .toString();
    }
}
