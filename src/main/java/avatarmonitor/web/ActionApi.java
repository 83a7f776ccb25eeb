package avatarmonitor.web;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.Actor;
import avatarmonitor.web.Actions.Done;
import avatarmonitor.web.Route.Access;
import avatarmonitor.web.Route.Lane;
import avatarmonitor.web.Route.Method;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Actions under {@code /api/v1}. */
final class ActionApi {
    /** No body is required; a client that sends {@code {}} is accepted. */
    private static final int BODY_BYTES_MAX = 4 * 1024;

    private final Actions actions;

    ActionApi(Actions actions) {
        this.actions = actions;
    }

    List<Route> routes() {
        return List.of(
                action("/api/v1/avatars/{id}/monitor", actions::monitor),
                action("/api/v1/avatars/{id}/unmonitor", actions::unmonitor),
                action("/api/v1/avatars/{id}/check", (id, caller) -> found(id, actions.check(id, caller))),
                action("/api/v1/avatars/{id}/cancel", (id, caller) -> found(id, actions.cancel(id, caller))));
    }

    private static Done found(AvatarId id, Optional<Done> done) {
        return done.orElseThrow(() -> RefusedException.of(404, "Not found", "there is no avatar " + id));
    }

    private static Route action(String template, BiFunction<AvatarId, Actor, Done> action) {
        return new Route(Method.POST, template, Access.CHANGE, Lane.ACTING, BODY_BYTES_MAX, call -> {
            AvatarId id = Query.avatarId("id", call.variable("id"));
            call.query().nothingElse();
            requireNothing(call.body());
            Done done = action.apply(id, call.caller());
            JsonObject told = new JsonObject();
            told.addProperty("done", done.done());
            told.addProperty("outcome", done.outcome());
            told.addProperty("message", done.message());
            return Answer.json(told);
        });
    }

    private static void requireNothing(ByteBuffer body) {
        String text = StandardCharsets.UTF_8.decode(body).toString().strip();
        try {
            if (text.isEmpty() || JsonParser.parseString(text).equals(new JsonObject())) {
                return;
            }
        } catch (JsonParseException broken) {
            throw RefusedException.of(400, "Bad body", "the body is not JSON, and none is needed");
        }
        throw RefusedException.of(400, "Bad body", "an action takes no body, or an empty object");
    }
}
