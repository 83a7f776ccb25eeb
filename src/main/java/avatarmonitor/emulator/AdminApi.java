package avatarmonitor.emulator;

import avatarmonitor.emulator.http.BadInputException;
import avatarmonitor.emulator.http.Incoming;
import avatarmonitor.emulator.http.Json;
import avatarmonitor.emulator.http.JsonFields;
import avatarmonitor.emulator.http.Refusals;
import avatarmonitor.emulator.http.Reply;
import avatarmonitor.emulator.scenario.FaultJson;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.emulator.scenario.ScenarioJson;
import com.google.gson.JsonElement;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** JSON API for test scripts below {@code /_emulator}; accepts callers on this machine only. */
final class AdminApi {
    private static final String PREFIX = "/_emulator";
    private static final Duration LONGEST_ADVANCE = Duration.ofDays(365);
    private static final String ROUTES =
            "expected one of GET /_emulator, POST /_emulator/reset, GET|PUT /_emulator/scenario,"
                    + " GET|POST /_emulator/requests, GET|PUT|DELETE /_emulator/requests/{id},"
                    + " POST /_emulator/requests/{id}/webhook, GET|POST|DELETE /_emulator/faults, DELETE /_emulator/faults/{number},"
                    + " GET /_emulator/clock, POST /_emulator/clock/advance, POST /_emulator/clock/freeze,"
                    + " GET|DELETE /_emulator/calls, GET /_emulator/webhooks, POST /_emulator/keys/rotate";

    private record Overview(String baseUrl, Instant now, int requests, int faults, long calls, int files) {}

    private record Time(Instant now, boolean frozen) {}

    private final Emulation emulation;
    private final URI baseUri;
    private final AdminRequests requests;

    AdminApi(Emulation emulation, URI baseUri) {
        this.emulation = emulation;
        this.baseUri = baseUri;
        this.requests = new AdminRequests(emulation);
    }

    static boolean owns(String path) {
        return path.equals(PREFIX) || path.startsWith(PREFIX + "/");
    }

    Reply answer(InetAddress caller, Incoming incoming) {
        if (!caller.isLoopbackAddress()) {
            return Reply.detail(403, "the admin API answers callers on the emulator's own machine only");
        }
        try {
            return route(incoming);
        } catch (BadInputException badInput) {
            return badInput.reply();
        }
    }

    private Reply route(Incoming incoming) {
        String path = incoming.path().substring(PREFIX.length()).replaceAll("/$", "");
        List<String> parts =
                path.isEmpty() ? List.of() : List.of(path.substring(1).split("/", 5));
        String topic = parts.isEmpty() ? "" : parts.get(0);
        List<String> rest = parts.isEmpty() ? parts : parts.subList(1, parts.size());
        return switch (topic) {
            case "requests" -> requests.answer(incoming, rest);
            case "faults" -> faults(incoming, rest);
            case "clock" -> clock(incoming, rest);
            default -> other(incoming, String.join("/", parts));
        };
    }

    /** Returns the body as an object of fields; an absent body has none. */
    static JsonFields fields(Incoming incoming, String where) {
        return JsonFields.of(json(incoming), where);
    }

    static JsonElement json(Incoming incoming) {
        return Json.parse(incoming.body().isBlank() ? "{}" : incoming.body())
                .orElseThrow(() -> new BadInputException("body: expected JSON"));
    }

    static Reply unknownRoute() {
        return Reply.detail(404, ROUTES);
    }

    static Reply done() {
        return Reply.status(200, "OK");
    }

    private Reply other(Incoming incoming, String path) {
        return switch (incoming.method() + " " + path) {
            case "GET " -> overview();
            case "POST reset" -> {
                emulation.reset();
                yield done();
            }
            case "GET scenario" -> Reply.of(200, AdminViews.scenario(emulation.defaultScenario()));
            case "PUT scenario" -> {
                emulation.defaultScenario(ScenarioJson.read(json(incoming), "scenario", Scenario.standard()));
                yield done();
            }
            case "GET calls" -> Reply.of(200, AdminViews.calls(emulation.calls(), incoming.query()));
            case "DELETE calls" -> {
                emulation.calls().clear();
                yield done();
            }
            case "GET webhooks" -> Reply.of(200, emulation.webhooks().attempts());
            case "POST keys/rotate" -> {
                JsonFields fields = fields(incoming, "rotate");
                boolean keepOld = fields.flag("keep_old", true);
                fields.end();
                emulation.keys().rotate(keepOld);
                yield Reply.of(200, emulation.keys().jwks());
            }
            default -> unknownRoute();
        };
    }

    private Reply overview() {
        return Reply.of(
                200,
                new Overview(
                        baseUri.toString(),
                        emulation.clock().instant(),
                        emulation.requests().list().size(),
                        emulation.faults().list().size(),
                        emulation.calls().arrivals(),
                        emulation.files().count()));
    }

    private Reply faults(Incoming incoming, List<String> rest) {
        String call = incoming.method() + " " + rest.size();
        return switch (call) {
            case "GET 0" -> Reply.json(200, FaultJson.write(emulation.faults().list()));
            case "POST 0" -> {
                int number = emulation
                        .faults()
                        .add(FaultJson.read(json(incoming), "fault"))
                        .orElseThrow(() -> new BadInputException("fault: expected at most "
                                + emulation.config().limits().faults() + " active ones"));
                yield Reply.of(200, Map.of("number", number));
            }
            case "DELETE 0" -> {
                emulation.faults().clear();
                yield done();
            }
            case "DELETE 1" -> {
                if (!rest.get(0).matches("[0-9]{1,9}")) {
                    throw new BadInputException("fault: expected its number, got " + rest.get(0));
                }
                yield emulation.faults().remove(Integer.parseInt(rest.get(0))) ? done() : Refusals.NOT_FOUND;
            }
            default -> unknownRoute();
        };
    }

    private Reply clock(Incoming incoming, List<String> rest) {
        JsonFields fields = fields(incoming, "clock");
        switch (incoming.method() + " " + String.join("/", rest)) {
            case "GET " -> {}
            case "POST advance" -> {
                if (!fields.has("seconds")) {
                    throw fields.wrong("seconds", "a number of seconds from 0 to " + LONGEST_ADVANCE.toSeconds());
                }
                Duration by = fields.seconds("seconds", LONGEST_ADVANCE, Duration.ZERO);
                fields.end();
                emulation.clock().advance(by);
            }
            case "POST freeze" -> {
                boolean frozen = fields.flag("frozen", true);
                fields.end();
                emulation.clock().freeze(frozen);
            }
            default -> {
                return unknownRoute();
            }
        }
        return Reply.of(
                200, new Time(emulation.clock().instant(), emulation.clock().frozen()));
    }
}
