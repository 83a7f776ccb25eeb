package avatarmonitor.web;

import static avatarmonitor.web.ActionApi.bad;
import static avatarmonitor.web.ActionApi.flag;
import static avatarmonitor.web.ActionApi.isGiven;
import static avatarmonitor.web.ActionApi.text;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.BulkAction;
import avatarmonitor.inspect.AvatarFilter;
import avatarmonitor.inspect.AvatarList;
import avatarmonitor.inspect.AvatarSelection;
import avatarmonitor.inspect.Rows;
import avatarmonitor.web.Actions.Bulk;
import avatarmonitor.web.Actions.BulkDone;
import avatarmonitor.web.Route.Access;
import avatarmonitor.web.Route.Lane;
import avatarmonitor.web.Route.Method;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Actions on many avatars under {@code /api/v1/bulk}, each call on a limited number of them. */
final class BulkApi {
    /** A body with {@link Actions#BULK_MAX} ids. */
    private static final int BODY_BYTES_MAX = 16 * 1024;

    private static final int TEXT_LENGTH_MAX = 200;

    private final Actions actions;

    BulkApi(Actions actions) {
        this.actions = actions;
    }

    List<Route> routes() {
        return Stream.of(BulkAction.values()).map(this::route).toList();
    }

    private Route route(BulkAction action) {
        return new Route(
                Method.POST, "/api/v1/bulk/" + action.word(), Access.CHANGE, Lane.ACTING, BODY_BYTES_MAX, call -> {
                    call.query().nothingElse();
                    return answer(wanted(action, call.body()), call);
                });
    }

    private Answer answer(Bulk wanted, Call call) {
        AvatarSelection where = wanted.where();
        if (where != null) {
            actions.problem(where).ifPresent(problem -> {
                throw bad("where: " + problem);
            });
        }
        BulkDone done;
        try {
            done = actions.bulk(wanted, call.caller())
                    .orElseThrow(() -> RefusedException.of(
                            503, "Busy", "another action on many avatars is under way: try again in a few seconds"));
        } catch (Actions.SlowSelectionException e) {
            throw RefusedException.of(
                    503, "Selection too slow", "finding the avatars took too long: select fewer, or use the command");
        }
        JsonObject members = new JsonObject();
        members.addProperty("action", wanted.action().word());
        members.addProperty("dry_run", wanted.dryRun());
        Rows.json(done).asMap().forEach(members::add);
        return Answer.json(members);
    }

    private static Bulk wanted(BulkAction action, ByteBuffer bytes) {
        JsonObject body = ActionApi.object(bytes, Set.of("where", "ids", "after", "dry_run"));
        boolean dryRun = flag(body, "dry_run");
        if (isGiven(body, "ids") == isGiven(body, "where")) {
            throw bad("the body must contain either ids or where");
        }
        if (isGiven(body, "ids")) {
            if (isGiven(body, "after")) {
                throw bad("after goes with where; send only the ids that are left");
            }
            return new Bulk(action, null, ids(body.get("ids")), null, dryRun);
        }
        return new Bulk(action, where(body.get("where")), List.of(), id(body, "after"), dryRun);
    }

    private static List<AvatarId> ids(JsonElement given) {
        if (!given.isJsonArray()
                || given.getAsJsonArray().isEmpty()
                || given.getAsJsonArray().size() > Actions.BULK_MAX) {
            throw bad("ids must be a list of 1 to " + Actions.BULK_MAX + " avatar ids");
        }
        Set<AvatarId> ids = new LinkedHashSet<>();
        given.getAsJsonArray().forEach(each -> ids.add(id(each, "ids")));
        return List.copyOf(ids);
    }

    private static AvatarSelection where(JsonElement given) {
        if (!given.isJsonObject()) {
            throw bad("where must be an object, such as {\"state\":\"failing\"}");
        }
        JsonObject where = given.getAsJsonObject();
        Set<String> known = Set.of("state", "type", "worker", "q");
        for (String name : where.keySet()) {
            if (!known.contains(name)) {
                throw bad("where has an unknown member; expected one of " + String.join(", ", new TreeSet<>(known)));
            }
        }
        String states = Stream.of(AvatarList.values()).map(AvatarList::word).collect(Collectors.joining(", "));
        String state = text(where, "state", TEXT_LENGTH_MAX);
        AvatarList list = AvatarList.named(state == null ? "" : state)
                .orElseThrow(() -> bad("where: state must be one of " + states));
        return new AvatarSelection(
                list, new AvatarFilter(given(where, "q"), given(where, "type"), given(where, "worker")));
    }

    private static String given(JsonObject where, String name) {
        String value = text(where, name, TEXT_LENGTH_MAX);
        return value == null ? "" : value;
    }

    private static @Nullable AvatarId id(JsonObject body, String name) {
        return isGiven(body, name) ? id(body.get(name), name) : null;
    }

    private static AvatarId id(JsonElement given, String name) {
        String text = given instanceof JsonPrimitive value && value.isString() ? value.getAsString() : "";
        return AvatarId.parse(text)
                .orElseThrow(() -> bad(name + " must be avatar ids, such as 0198a1b2-0000-7000-8000-000000000001"));
    }
}
