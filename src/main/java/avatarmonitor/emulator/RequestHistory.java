package avatarmonitor.emulator;

import avatarmonitor.emulator.http.BadInputException;
import avatarmonitor.emulator.http.Json;
import avatarmonitor.emulator.http.JsonFields;
import avatarmonitor.emulator.http.Reply;
import avatarmonitor.emulator.scenario.Listing;
import avatarmonitor.emulator.scenario.Phase;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The platform API's list of requests, {@code GET /v1/models/requests/by-endpoint} (docs/fal-contract.md, "Platform
 * API").
 */
final class RequestHistory {
    private static final int MOST_ENDPOINTS = 50;
    private static final int MOST_ITEMS = 100;
    private static final int DEFAULT_ITEMS = 50;
    private static final int MOST_PAGES = 1_000_000;
    private static final Duration DEFAULT_WINDOW = Duration.ofHours(24);
    private static final Duration DEFAULT_WINDOW_OF_ONE = Duration.ofDays(90);
    private static final Set<String> PARAMETERS =
            Set.of("endpoint_id", "start", "end", "status", "request_id", "limit", "cursor", "sort_by", "expand");

    /** One page; {@code nextCursor} is null on the last. */
    private record Page(List<JsonObject> items, @Nullable String nextCursor, boolean hasMore) {}

    /** A request; its end, code and duration are null while it runs. */
    private record Item(
            String requestId,
            String endpointId,
            Instant sentAt,
            @Nullable Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable Integer statusCode,
            @Nullable Double duration) {}

    /** A request in the list, and the source of its payload. */
    private record Listed(Item item, QueuedRequest request, QueuedRequest.View view) {}

    private record Problem(ProblemText error) {}

    private record ProblemText(String type, String message) {}

    private enum SortBy {
        ENDED_AT,
        DURATION
    }

    private enum Status {
        SUCCESS,
        USER_ERROR,
        ERROR
    }

    private final Emulation emulation;

    RequestHistory(Emulation emulation) {
        this.emulation = emulation;
    }

    /** An error in the form of the platform API. */
    static Reply problem(int code, String type, String message) {
        return Reply.of(code, new Problem(new ProblemText(type, message)));
    }

    Reply answer(Map<String, List<String>> parameters) {
        try {
            return Reply.of(
                    200, page(new Parameters(parameters), emulation.clock().instant()));
        } catch (BadInputException badInput) {
            return problem(400, "validation_error", String.valueOf(badInput.getMessage()));
        }
    }

    private Page page(Parameters parameters, Instant now) {
        parameters.onlyKnown();
        List<String> endpoints = parameters.endpoints();
        String id = parameters.first("request_id");
        Instant start = parameters.time("start", now.minus(id == null ? DEFAULT_WINDOW : DEFAULT_WINDOW_OF_ONE));
        Instant end = parameters.time("end", Instant.MAX);
        Status status = parameters.oneOf("status", Status.class);
        boolean payloads = parameters.payloads();
        Comparator<Item> order = order(parameters.oneOf("sort_by", SortBy.class));
        int limit = parameters.limit();
        int page = parameters.page();
        List<Listed> all = emulation.requests().list().stream()
                .filter(request -> endpoints.contains(request.endpointId()))
                .filter(request -> id == null || id.equals(request.id()))
                .flatMap(request -> listed(request, now).stream())
                .filter(listed ->
                        within(listed.item, start, end) && (status == null || status == statusOf(listed.item)))
                .sorted(Comparator.comparing(Listed::item, order))
                .toList();
        long from = (long) (page - 1) * limit;
        boolean more = all.size() > from + limit;
        List<JsonObject> items = all.stream()
                .skip(from)
                .limit(limit)
                .map(listed -> json(listed, payloads))
                .toList();
        return new Page(items, more ? cursor(page + 1) : null, more);
    }

    /** Returns the entry of a request; empty when the list omits it. */
    private static Optional<Listed> listed(QueuedRequest request, Instant now) {
        QueuedRequest.View view = request.at(now);
        Listing listing = view.scenario().listing();
        if (request.removed()
                || listing.kept() == Listing.Kept.MISSING
                || view.outcome().isLost()) {
            return Optional.empty();
        }
        Instant endedAt = view.endedAt();
        boolean told = endedAt != null && !now.isBefore(endedAt.plus(listing.delay()));
        Instant ran = endedAt == null ? now : endedAt;
        Item item = new Item(
                request.id(),
                request.endpointId(),
                request.submittedAt(),
                view.phase() == Phase.IN_QUEUE ? null : ran.minus(view.ran()),
                told ? endedAt : null,
                told ? view.outcome().resultCode() : null,
                told ? view.ran().toMillis() / 1000.0 : null);
        return Optional.of(new Listed(item, request, view));
    }

    private static boolean within(Item item, Instant start, Instant end) {
        Instant at = item.endedAt() == null ? item.sentAt() : item.endedAt();
        return !at.isBefore(start) && at.isBefore(end);
    }

    private static @Nullable Status statusOf(Item item) {
        Integer code = item.statusCode();
        if (code == null) {
            return null;
        }
        return code < 400 ? Status.SUCCESS : code < 500 ? Status.USER_ERROR : Status.ERROR;
    }

    /** Orders by latest end or longest duration; running requests come first. */
    private static Comparator<Item> order(@Nullable SortBy by) {
        return by == SortBy.DURATION
                ? Comparator.comparing(Item::duration, Comparator.nullsLast(Comparator.naturalOrder()))
                        .reversed()
                : Comparator.comparing(Item::endedAt, Comparator.nullsLast(Comparator.naturalOrder()))
                        .reversed();
    }

    /** Converts an entry to JSON. Inputs are not kept; an output is listed once the end is. */
    private static JsonObject json(Listed listed, boolean payloads) {
        JsonObject json = Json.tree(listed.item).getAsJsonObject();
        if (payloads) {
            boolean has = listed.item.endedAt() != null
                    && listed.view.scenario().listing().kept() == Listing.Kept.FULL;
            json.add("json_input", JsonNull.INSTANCE);
            json.add(
                    "json_output",
                    has
                            ? Json.parse(listed.request.result(listed.view).body())
                                    .orElse(JsonNull.INSTANCE)
                            : JsonNull.INSTANCE);
        }
        return json;
    }

    private static String cursor(int page) {
        return Base64.getEncoder().encodeToString(Integer.toString(page).getBytes(StandardCharsets.UTF_8));
    }

    /** The query parameters, validated on access. */
    private record Parameters(Map<String, List<String>> given) {

        void onlyKnown() {
            for (String name : given.keySet()) {
                if (!PARAMETERS.contains(name)) {
                    throw new BadInputException(name + ": unknown parameter");
                }
            }
        }

        @Nullable
        String first(String name) {
            List<String> values = given.get(name);
            return values == null || values.get(0).isEmpty() ? null : values.get(0);
        }

        List<String> endpoints() {
            List<String> ids = new ArrayList<>();
            for (String value : given.getOrDefault("endpoint_id", List.of())) {
                for (String id : value.split(",", -1)) {
                    if (!id.isBlank()) {
                        ids.add(id.strip());
                    }
                }
            }
            if (ids.isEmpty() || ids.size() > MOST_ENDPOINTS) {
                throw new BadInputException("endpoint_id: expected 1 to " + MOST_ENDPOINTS + " ids, got " + ids.size());
            }
            return ids;
        }

        Instant time(String name, Instant fallback) {
            String text = first(name);
            if (text == null) {
                return fallback;
            }
            try {
                return text.indexOf('T') < 0
                        ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                        : OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException notATime) {
                throw new BadInputException(
                        name + ": expected an ISO 8601 time such as 2026-11-29T12:00:00Z, got " + text);
            }
        }

        <E extends Enum<E>> @Nullable E oneOf(String name, Class<E> values) {
            String text = first(name);
            if (text == null) {
                return null;
            }
            for (E value : values.getEnumConstants()) {
                if (JsonFields.word(value).equals(text)) {
                    return value;
                }
            }
            throw new BadInputException(name + ": expected one of " + JsonFields.words(values) + ", got " + text);
        }

        boolean payloads() {
            String text = first("expand");
            if (text != null && !text.equals("payloads")) {
                throw new BadInputException("expand: expected payloads, got " + text);
            }
            return text != null;
        }

        int limit() {
            String text = first("limit");
            return text == null ? DEFAULT_ITEMS : whole("limit", text, MOST_ITEMS);
        }

        /** Page number, counted from 1. */
        int page() {
            String cursor = first("cursor");
            if (cursor == null) {
                return 1;
            }
            try {
                return whole(
                        "cursor", new String(Base64.getDecoder().decode(cursor), StandardCharsets.UTF_8), MOST_PAGES);
            } catch (IllegalArgumentException notBase64) {
                throw new BadInputException("cursor: expected the next_cursor of an answer, got " + cursor);
            }
        }

        private static int whole(String name, String text, int most) {
            if (!text.matches("[0-9]{1,7}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > most) {
                throw new BadInputException(name + ": expected a whole number from 1 to " + most + ", got " + text);
            }
            return Integer.parseInt(text);
        }
    }
}
