package avatarmonitor.web;

import avatarmonitor.fal.webhook.SignedWebhook;
import avatarmonitor.inspect.Rows;
import avatarmonitor.web.Route.Access;
import avatarmonitor.web.Route.Lane;
import avatarmonitor.web.Route.Method;
import avatarmonitor.web.WebhookInbox.Taken;
import java.util.List;
import java.util.Map;

/**
 * Webhook endpoint that fal calls when a training ends. Authenticated by signature; tokens and read-only mode do not
 * apply.
 */
final class WebhookApi {
    static final int BODY_BYTES_MAX = 1024 * 1024;

    private final WebhookInbox inbox;

    WebhookApi(WebhookInbox inbox) {
        this.inbox = inbox;
    }

    List<Route> routes() {
        return List.of(new Route(
                Method.POST,
                "/webhooks/fal",
                Access.OPEN,
                Lane.WEBHOOK,
                BODY_BYTES_MAX,
                call -> answer(inbox.take(new SignedWebhook(
                        header(call, "Request-Id"),
                        header(call, "User-Id"),
                        header(call, "Timestamp"),
                        header(call, "Signature"),
                        call.body())))));
    }

    private static Answer answer(Taken taken) {
        return switch (taken) {
            case TAKEN -> Answer.json(Rows.json(Map.of("taken", true)));
            case UNKNOWN -> Answer.problem(404, "Unknown request", "no avatar has this fal_request_id; send it again");
            case REFUSED -> Answer.problem(401, "Not signed by fal", "the signature does not fit");
            case LATER -> Answer.problem(503, "Not now", "send it again", Map.of("Retry-After", "60"));
        };
    }

    private static String header(Call call, String name) {
        String value = call.headers().get("X-Fal-Webhook-" + name);
        return value == null ? "" : value;
    }
}
