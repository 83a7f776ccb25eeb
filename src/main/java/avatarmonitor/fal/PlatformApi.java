package avatarmonitor.fal;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalJson;
import avatarmonitor.fal.answer.HttpReply;
import avatarmonitor.fal.answer.PlatformApiAnswer;
import avatarmonitor.fal.answer.RetryAfter;
import avatarmonitor.fal.answer.TroubleAnswer;
import avatarmonitor.http.Egress;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.jspecify.annotations.Nullable;

/**
 * Client of fal's platform API ({@code fal.history-url}): searches the list of requests by endpoint for one request, at
 * most once per second. After a refusal of the key it searches for no request for a day, and reports the refusal once
 * until an answer comes. Lists of the requests that have ended have no rate limit here; their caller limits them. Sends
 * nothing without a key.
 */
final class PlatformApi implements AutoCloseable {
    /** Maximum of endpoints in one request. */
    static final int ENDPOINTS_MAX = 50;

    private static final int PAGE = 100;
    private static final int CONNECTIONS = 2;
    private static final int CURSOR_LENGTH_MAX = 1_000;

    /** Minimum interval of this worker between two searches for single requests. */
    static final Duration PACE = Duration.ofSeconds(1);

    /** Pause after a refused key, since missing permissions hardly change sooner. */
    static final Duration REFUSED_FOR = Duration.ofDays(1);

    private final String base;
    private final @Nullable HttpExchange exchange;
    private final EndpointListener listener;
    private final InstantSource clock;

    /** Monotonic: a wall clock that steps must neither end a pause nor extend one by hours. */
    private final LongSupplier nanoTime;

    /** Time of {@link #nanoTime}, like the next field. This and all fields below are guarded by this. */
    private long notBefore;

    private long refusedUntil;
    private boolean refusalReported;

    PlatformApi(
            FalConfig config, Egress egress, EndpointListener listener, InstantSource clock, LongSupplier nanoTime) {
        this.base = config.historyUrl().toString().replaceFirst("/$", "");
        this.exchange =
                config.usesHistory() ? HttpExchange.open("fal-history", CONNECTIONS, config, egress, clock) : null;
        this.listener = listener;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.notBefore = nanoTime.getAsLong();
        this.refusedUntil = notBefore;
    }

    /** @param endpoints ids under which the request may have been submitted */
    PlatformApiAnswer find(FalRequestId id, Collection<String> endpoints) {
        if (exchange == null) {
            return new PlatformApiAnswer.Absent();
        }
        synchronized (this) {
            long now = nanoTime.getAsLong();
            if (now - refusedUntil < 0) {
                return new PlatformApiAnswer.Absent();
            }
            if (now - notBefore < 0) {
                return new PlatformApiAnswer.Unclear("fal's platform API is asked again later");
            }
            notBefore = now + PACE.toNanos();
        }
        return exchange.send(get(endpoints, "request_id=" + id + "&expand=payloads"))
                .read(reply -> read(id, reply), trouble -> new PlatformApiAnswer.Unclear(words(trouble)));
    }

    /**
     * Requests one page of the list of requests that have ended.
     *
     * @param endpoints at most {@link #ENDPOINTS_MAX} whole ids
     * @param start minimum of the end, by fal's clock
     * @param cursor of the page; null for the first one
     */
    EndedPage list(Collection<String> endpoints, Instant start, @Nullable String cursor) {
        if (exchange == null) {
            return new EndedPage.Unclear("fal's platform API is not used");
        }
        String more = cursor == null ? "" : "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
        return exchange.send(get(
                        endpoints,
                        "start=" + start.truncatedTo(ChronoUnit.SECONDS) + "&limit=" + PAGE + "&sort_by=ended_at"
                                + more))
                .read(this::page, trouble -> new EndedPage.Unclear(words(trouble)));
    }

    private static String words(FalAnswer.Trouble trouble) {
        return trouble instanceof FalAnswer.Unavailable lost ? lost.detail() : "not asked";
    }

    private HttpGet get(Collection<String> endpoints, String rest) {
        String query = endpoints.stream()
                .map(endpoint -> "endpoint_id=" + URLEncoder.encode(endpoint, StandardCharsets.UTF_8) + "&")
                .collect(Collectors.joining());
        return new HttpGet(base + "/models/requests/by-endpoint?" + query + rest);
    }

    private EndedPage page(HttpReply.Received reply) {
        String detail = TroubleAnswer.detail(reply);
        return switch (reply.code()) {
            case 401, 403 -> new EndedPage.Refused(detail);
            case 404 -> new EndedPage.Missing(detail);
            case 429 -> new EndedPage.Limited(clock.instant().plus(RetryAfter.of(reply)));
            default ->
                items(reply)
                        .map(items -> listed(items, reply.object().orElseThrow()))
                        .orElseGet(() -> new EndedPage.Unclear(detail));
        };
    }

    /** Returns the listed requests; empty when the reply is not a list. */
    private static Optional<Stream<JsonObject>> items(HttpReply.Received reply) {
        return reply.code() == 200 && reply.object().orElseGet(JsonObject::new).get("items") instanceof JsonArray items
                ? Optional.of(items.asList().stream()
                        .filter(JsonElement::isJsonObject)
                        .map(JsonElement::getAsJsonObject))
                : Optional.empty();
    }

    private static EndedPage listed(Stream<JsonObject> items, JsonObject body) {
        // A server may ignore the limit.
        List<EndedPage.Ended> ended =
                items.flatMap(item -> ended(item).stream()).limit(PAGE).toList();
        String next = FalJson.string(body, "next_cursor");
        boolean more = !next.isEmpty()
                && next.length() <= CURSOR_LENGTH_MAX
                && new JsonPrimitive(true).equals(body.get("has_more"));
        return new EndedPage.Listed(ended, more ? next : null);
    }

    private static Optional<EndedPage.Ended> ended(JsonObject item) {
        try {
            Instant at = OffsetDateTime.parse(FalJson.string(item, "ended_at")).toInstant();
            return FalRequestId.parse(FalJson.string(item, "request_id")).map(id -> new EndedPage.Ended(id, at));
        } catch (DateTimeException noTime) {
            return Optional.empty();
        }
    }

    private PlatformApiAnswer read(FalRequestId id, HttpReply.Received reply) {
        if (reply.code() == 401 || reply.code() == 403) {
            refused(reply);
            return new PlatformApiAnswer.Absent();
        }
        if (reply.code() == 429) {
            synchronized (this) {
                notBefore = nanoTime.getAsLong() + RetryAfter.of(reply).toNanos();
            }
        }
        Optional<Stream<JsonObject>> items = items(reply);
        if (items.isEmpty()) {
            return new PlatformApiAnswer.Unclear("fal's platform API: " + TroubleAnswer.detail(reply));
        }
        synchronized (this) {
            refusalReported = false;
        }
        return items.get()
                .filter(item -> FalJson.string(item, "request_id").equalsIgnoreCase(id.value()))
                .findFirst()
                .map(PlatformApi::item)
                .orElse(new PlatformApiAnswer.Absent());
    }

    private static PlatformApiAnswer item(JsonObject item) {
        if (!FalJson.has(item, "ended_at")) {
            return new PlatformApiAnswer.Running();
        }
        int code = FalJson.count(item, "status_code").orElse(0);
        JsonElement output = item.get("json_output");
        return new PlatformApiAnswer.Ended(code, output == null || output.isJsonNull() ? null : output);
    }

    private void refused(HttpReply.Received reply) {
        synchronized (this) {
            refusedUntil = nanoTime.getAsLong() + REFUSED_FOR.toNanos();
            if (refusalReported) {
                return;
            }
            refusalReported = true;
        }
        listener.historyRefused(TroubleAnswer.detail(reply));
    }

    /** Returns whether a platform API is configured. */
    boolean isUsed() {
        return exchange != null;
    }

    void meter(FalMeter meter) {
        if (exchange != null) {
            exchange.meter(meter);
        }
    }

    @Override
    public void close() {
        if (exchange != null) {
            exchange.close();
        }
    }
}
