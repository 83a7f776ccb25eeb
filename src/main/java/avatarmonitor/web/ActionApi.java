package avatarmonitor.web;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.inspect.Rows;
import avatarmonitor.pause.PollingPauses;
import avatarmonitor.text.UntrustedText;
import avatarmonitor.web.Actions.Done;
import avatarmonitor.web.Route.Access;
import avatarmonitor.web.Route.Lane;
import avatarmonitor.web.Route.Method;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Actions under {@code /api/v1}. */
final class ActionApi {
    /** No body is required; a client that sends {@code {}} is accepted. */
    private static final int BODY_BYTES_MAX = 4 * 1024;

    static final int TYPE_LENGTH_MAX = 100;

    private static final int TIME_LENGTH_MAX = 40;

    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,9}");

    private final Actions actions;

    ActionApi(Actions actions) {
        this.actions = actions;
    }

    List<Route> routes() {
        return List.of(
                post(
                        "/api/v1/avatars/{id}/monitor",
                        call -> actions.monitor(id(call), change(call.body()), call.caller())),
                action("/api/v1/avatars/{id}/unmonitor", call -> actions.unmonitor(id(call), call.caller())),
                action("/api/v1/avatars/{id}/check", call -> found(id(call), actions.check(id(call), call.caller()))),
                action("/api/v1/avatars/{id}/cancel", call -> found(id(call), actions.cancel(id(call), call.caller()))),
                action("/api/v1/reconcile", call -> actions.reconcile(call.caller())),
                post("/api/v1/pause", call -> actions.pause(pause(call.body()), call.caller())),
                post("/api/v1/resume", call -> {
                    JsonObject body = object(call.body(), Set.of("type"));
                    return actions.resume(text(body, "type", TYPE_LENGTH_MAX), call.caller());
                }));
    }

    private static AvatarId id(Call call) {
        return Query.avatarId("id", call.variable("id"));
    }

    private static Done found(AvatarId id, Optional<Done> done) {
        return done.orElseThrow(() -> RefusedException.of(404, "Not found", "there is no avatar " + id));
    }

    /** Returns the route of an action without a body. */
    private static Route action(String template, Function<Call, Done> action) {
        return post(template, call -> {
            requireNothing(call.body());
            return action.apply(call);
        });
    }

    private static Route post(String template, Function<Call, Done> action) {
        return new Route(Method.POST, template, Access.CHANGE, Lane.ACTING, BODY_BYTES_MAX, call -> {
            call.query().nothingElse();
            return Answer.json(Rows.json(action.apply(call)));
        });
    }

    private static Actions.Pause pause(ByteBuffer bytes) {
        JsonObject body = object(bytes, Set.of("type", "reason", "for_seconds"));
        Duration length = null;
        if (isGiven(body, "for_seconds")) {
            Duration read = seconds(body.get("for_seconds"));
            if (read == null
                    || read.compareTo(PollingPauses.SHORTEST) < 0
                    || read.compareTo(PollingPauses.LONGEST) > 0) {
                throw bad("for_seconds must be a whole number from " + PollingPauses.SHORTEST.toSeconds() + " to "
                        + PollingPauses.LONGEST.toSeconds() + ", or missing for a pause without an end");
            }
            length = read;
        }
        return new Actions.Pause(
                text(body, "type", TYPE_LENGTH_MAX), text(body, "reason", PollingPauses.REASON_LENGTH_MAX), length);
    }

    private static Overrides.Change change(ByteBuffer bytes) {
        JsonObject body = object(bytes, Set.of("window_seconds", "interval_seconds", "deadline", "priority", "clear"));
        Overrides given = new Overrides(
                length(body, "window_seconds"),
                length(body, "interval_seconds"),
                time(body, "deadline"),
                priority(body));
        return new Overrides.Change(flag(body, "clear"), given);
    }

    private static @Nullable Duration length(JsonObject body, String name) {
        if (!isGiven(body, name)) {
            return null;
        }
        Duration length = seconds(body.get(name));
        if (length == null) {
            throw bad(name + " must be a whole number");
        }
        return length;
    }

    private static @Nullable Integer priority(JsonObject body) {
        if (!isGiven(body, "priority")) {
            return null;
        }
        Long number = whole(body.get("priority"));
        if (number == null) {
            throw bad("priority must be a whole number");
        }
        return Math.toIntExact(number);
    }

    private static @Nullable Instant time(JsonObject body, String name) {
        String text = text(body, name, TIME_LENGTH_MAX);
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.SECONDS);
        } catch (DateTimeException notATime) {
            throw bad(name + " must be a time such as 2026-12-24T18:00:00Z");
        }
    }

    private static @Nullable Duration seconds(JsonElement value) {
        Long number = whole(value);
        return number == null ? null : Duration.ofSeconds(number);
    }

    private static @Nullable Long whole(JsonElement value) {
        boolean whole = value instanceof JsonPrimitive number
                && number.isNumber()
                && WHOLE.matcher(number.getAsString()).matches();
        return whole ? value.getAsLong() : null;
    }

    /** Returns a flag; false when it is missing. */
    static boolean flag(JsonObject body, String name) {
        if (!isGiven(body, name)) {
            return false;
        }
        if (!(body.get(name) instanceof JsonPrimitive value) || !value.isBoolean()) {
            throw bad(name + " must be true or false");
        }
        return value.getAsBoolean();
    }

    static boolean isGiven(JsonObject body, String name) {
        return body.has(name) && !body.get(name).isJsonNull();
    }

    /** Returns a text in one line; null when it is missing or blank. */
    static @Nullable String text(JsonObject body, String name, int lengthMax) {
        if (!isGiven(body, name)) {
            return null;
        }
        if (!(body.get(name) instanceof JsonPrimitive value) || !value.isString()) {
            throw bad(name + " must be a text");
        }
        String text = value.getAsString().strip();
        if (text.length() > lengthMax) {
            throw bad(name + " is longer than " + lengthMax + " characters");
        }
        return text.isEmpty() ? null : UntrustedText.line(text, lengthMax);
    }

    static JsonObject object(ByteBuffer bytes, Set<String> known) {
        String text = StandardCharsets.UTF_8.decode(bytes).toString().strip();
        JsonElement read;
        try {
            read = text.isEmpty() ? new JsonObject() : JsonParser.parseString(text);
        } catch (JsonParseException broken) {
            throw bad("the body is not JSON");
        }
        if (!read.isJsonObject()) {
            throw bad("the body must be a JSON object, or empty");
        }
        for (String name : read.getAsJsonObject().keySet()) {
            if (!known.contains(name)) {
                throw bad("the body has an unknown member; expected one of " + String.join(", ", new TreeSet<>(known)));
            }
        }
        return read.getAsJsonObject();
    }

    static RefusedException bad(String detail) {
        return RefusedException.of(400, "Bad body", detail);
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
