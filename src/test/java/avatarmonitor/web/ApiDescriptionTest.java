package avatarmonitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.inspect.AvatarList;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** {@code /api/v1/openapi.json} matches the served API: paths, parameters and answers. */
class ApiDescriptionTest {
    private static final String PATH = "/api/v1/openapi.json";

    @AutoClose
    private final HttpSite site = HttpSite.with(webhook -> WebhookInbox.Taken.TAKEN);

    private final JsonObject description = site.json(PATH);

    @Test
    void isServedAsJson() {
        assertThat(site.get(PATH).headers().firstValue("Content-Type")).contains("application/json");
        assertThat(description.get("openapi").getAsString()).isEqualTo("3.1.0");
    }

    @Test
    void namesEveryRouteAndNoOther() {
        TreeSet<String> described = new TreeSet<>();
        paths().asMap()
                .forEach((path, methods) -> methods.getAsJsonObject()
                        .keySet()
                        .forEach(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path)));
        TreeSet<String> served = site.service().routes().stream()
                .map(route -> route.method() + " " + route.template())
                .collect(Collectors.toCollection(TreeSet::new));
        served.add("GET " + PATH);
        assertThat(described).isEqualTo(served);
    }

    @Test
    void listsAreThoseThatThereAre() {
        assertThat(parameter("/api/v1/avatars", "state").getAsJsonArray("enum").asList().stream()
                        .map(JsonElement::getAsString))
                .containsExactlyElementsOf(
                        Stream.of(AvatarList.values()).map(AvatarList::word).toList());
    }

    /** The lowest and highest documented number is accepted, the next one is rejected. */
    @Test
    void limitsOfNumbersAreTheLimits() {
        List<String> tried = new ArrayList<>();
        for (String path : List.of("/api/v1/avatars", "/api/v1/events")) {
            for (JsonElement each : get(path).getAsJsonArray("parameters")) {
                String name = each.getAsJsonObject().get("name").getAsString();
                JsonObject schema = each.getAsJsonObject().getAsJsonObject("schema");
                if (schema.has("minimum")) {
                    long least = schema.get("minimum").getAsLong();
                    assertThat(status(path, name, least)).isEqualTo(200);
                    assertThat(status(path, name, least - 1)).isEqualTo(400);
                    tried.add(name);
                }
                if (schema.has("maximum")) {
                    long most = schema.get("maximum").getAsLong();
                    assertThat(status(path, name, most)).isEqualTo(200);
                    assertThat(status(path, name, most + 1)).isEqualTo(400);
                }
            }
        }
        assertThat(tried).containsExactly("limit", "offset", "limit", "before");
    }

    @Test
    void limitsOfBodiesAreTheLimits() {
        Map<String, String> described = new TreeMap<>();
        Map<String, String> served = new TreeMap<>();
        for (Route route : site.service().routes()) {
            if (route.method() == Route.Method.POST) {
                JsonObject operation = paths().getAsJsonObject(route.template()).getAsJsonObject("post");
                described.put(
                        route.template(),
                        response(operation, "413").get("description").getAsString());
                served.put(
                        route.template(),
                        switch (route.bodyMax()) {
                            case 4_096 -> "The body is larger than 4 KiB.";
                            case 16_384 -> "The body is larger than 16 KiB.";
                            case 1_048_576 -> "The body is larger than 1 MiB.";
                            default -> "The body is larger than " + route.bodyMax() + " bytes.";
                        });
            }
        }
        assertThat(described).isEqualTo(served).containsValue("The body is larger than 16 KiB.");
    }

    @Test
    void everyErrorIsAProblem() {
        List<String> others = new ArrayList<>();
        int errors = 0;
        for (String path : paths().keySet()) {
            for (JsonElement operation : paths().getAsJsonObject(path).asMap().values()) {
                for (String status :
                        operation.getAsJsonObject().getAsJsonObject("responses").keySet()) {
                    if (status.startsWith("4")) {
                        JsonObject error = response(operation.getAsJsonObject(), status);
                        if (!error.getAsJsonObject("content").has("application/problem+json")) {
                            others.add(path + " " + status);
                        }
                        errors++;
                    }
                }
            }
        }
        assertThat(others).isEmpty();
        assertThat(errors).isGreaterThan(100);
    }

    @Test
    void answersAreAsDescribed() {
        AvatarId id = site.avatars().training("PORTRAIT", "r-1", Instant.parse("2026-11-23T08:00:00Z"));
        site.avatars()
                .run("INSERT INTO avatar_event (at, avatar_id, fal_request_id, worker, type, detail)"
                        + " VALUES (current_timestamp, '" + id + "', 'r-1', 'w', 'watching', '{}' FORMAT JSON)");
        List<String> wrong = new ArrayList<>();
        Map.of(
                        "/api/v1/overview", "/api/v1/overview",
                        "/api/v1/load", "/api/v1/load",
                        "/api/v1/avatars", "/api/v1/avatars?state=unwatched",
                        "/api/v1/avatars/{id}", "/api/v1/avatars/" + id,
                        "/api/v1/workers", "/api/v1/workers",
                        "/api/v1/events", "/api/v1/events",
                        "/api/v1/report", "/api/v1/report")
                .forEach((path, url) -> compare(path, schema(path, "200"), site.json(url), wrong));
        compare("problem", schema("/api/v1/avatars", "400"), site.json("/api/v1/avatars?limit=0"), wrong);
        assertThat(wrong).isEmpty();
    }

    /** Verifies that the comparison finds differences. */
    @Test
    void comparisonFindsDifferences() {
        JsonObject schema = schema("/api/v1/avatars", "400");
        JsonObject problem = site.json("/api/v1/avatars?limit=0");
        problem.remove("title");
        problem.addProperty("novel", 1);
        problem.addProperty("status", "400");
        List<String> wrong = new ArrayList<>();
        compare("problem", schema, problem, wrong);
        assertThat(wrong)
                .containsExactlyInAnyOrder(
                        "problem: title is missing",
                        "problem.novel is not described",
                        "problem.status: \"400\" is no integer");
    }

    private int status(String path, String name, long value) {
        return site.get(path + "?" + name + "=" + value).statusCode();
    }

    private JsonObject paths() {
        return description.getAsJsonObject("paths");
    }

    private JsonObject get(String path) {
        return paths().getAsJsonObject(path).getAsJsonObject("get");
    }

    private JsonObject parameter(String path, String name) {
        return get(path).getAsJsonArray("parameters").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(each -> each.get("name").getAsString().equals(name))
                .findFirst()
                .orElseThrow()
                .getAsJsonObject("schema");
    }

    private JsonObject schema(String path, String status) {
        JsonObject content = response(get(path), status).getAsJsonObject("content");
        return content.asMap().values().iterator().next().getAsJsonObject().getAsJsonObject("schema");
    }

    private JsonObject response(JsonObject operation, String status) {
        return resolved(operation.getAsJsonObject("responses").getAsJsonObject(status));
    }

    private JsonObject resolved(JsonObject given) {
        if (!given.has("$ref")) {
            return given;
        }
        JsonObject found = description;
        for (String name :
                given.get("$ref").getAsString().substring("#/".length()).split("/", -1)) {
            found = found.getAsJsonObject(name);
        }
        return found;
    }

    /** Records each member that is missing, not described, or of another type. */
    private void compare(String where, JsonObject given, JsonElement value, List<String> wrong) {
        JsonObject schema = resolved(given);
        List<String> types = schema.get("type").isJsonArray()
                ? schema.getAsJsonArray("type").asList().stream()
                        .map(JsonElement::getAsString)
                        .toList()
                : List.of(schema.get("type").getAsString());
        if (types.stream().noneMatch(type -> is(type, value))) {
            wrong.add(where + ": " + value + " is no " + String.join(" or ", types));
        } else if (value.isJsonArray()) {
            JsonObject items = schema.getAsJsonObject("items");
            value.getAsJsonArray().forEach(item -> compare(where + "[]", items, item, wrong));
        } else if (value.isJsonObject() && schema.has("properties")) {
            JsonObject properties = schema.getAsJsonObject("properties");
            schema.getAsJsonArray("required").asList().stream()
                    .map(JsonElement::getAsString)
                    .filter(name -> !value.getAsJsonObject().has(name))
                    .forEach(name -> wrong.add(where + ": " + name + " is missing"));
            value.getAsJsonObject().asMap().forEach((name, member) -> {
                if (properties.has(name)) {
                    compare(where + "." + name, properties.getAsJsonObject(name), member, wrong);
                } else {
                    wrong.add(where + "." + name + " is not described");
                }
            });
        }
    }

    private static boolean is(String type, JsonElement value) {
        return switch (type) {
            case "null" -> value.isJsonNull();
            case "object" -> value.isJsonObject();
            case "array" -> value.isJsonArray();
            case "string" ->
                value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
            case "boolean" ->
                value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean();
            case "number" ->
                value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
            case "integer" ->
                value.isJsonPrimitive()
                        && value.getAsJsonPrimitive().isNumber()
                        && value.getAsBigDecimal().stripTrailingZeros().scale() <= 0;
            default -> throw new IllegalStateException(type);
        };
    }
}
