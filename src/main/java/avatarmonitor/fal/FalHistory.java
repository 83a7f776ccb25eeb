package avatarmonitor.fal;

import avatarmonitor.http.BoundedHttp;
import avatarmonitor.http.Egress;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.jspecify.annotations.Nullable;

/**
 * fal's platform API ({@code fal.history-url}): the list of requests by endpoint, asked for one request. One question at a time and
 * at most one each second; a refusal of the key is believed for a day, and told once until an answer comes. Nothing is asked without a key.
 */
final class FalHistory implements AutoCloseable {
    /** Between two questions of this worker. */
    static final Duration PACE = Duration.ofSeconds(1);

    /** A key that may not ask will hardly change sooner. */
    static final Duration REFUSED_FOR = Duration.ofDays(1);

    private final String base;
    private final @Nullable HttpExchange exchange;
    private final EndpointListener listener;
    private final InstantSource clock;

    /** Guarded by this, as all below. */
    private Instant notBefore = Instant.MIN;

    private Instant refusedUntil = Instant.MIN;
    private boolean told;

    FalHistory(FalConfig config, Egress egress, EndpointListener listener, InstantSource clock) {
        this.base = config.historyUrl().toString().replaceFirst("/$", "");
        this.exchange = config.key() == null || !config.usesHistory()
                ? null
                : new HttpExchange(
                        new BoundedHttp("fal-history", 1, config.timeout(), egress),
                        config.key(),
                        config.timeout(),
                        clock);
        this.listener = listener;
        this.clock = clock;
    }

    /** @param endpoints ids under which the request may have been submitted */
    HistoryAnswer find(FalRequestId id, Collection<String> endpoints) {
        if (exchange == null) {
            return new HistoryAnswer.Absent();
        }
        synchronized (this) {
            Instant now = clock.instant();
            if (now.isBefore(refusedUntil)) {
                return new HistoryAnswer.Absent();
            }
            if (now.isBefore(notBefore)) {
                return new HistoryAnswer.Unclear("fal's platform API is asked again later");
            }
            notBefore = now.plus(PACE);
        }
        String query = endpoints.stream()
                .map(endpoint -> "endpoint_id=" + URLEncoder.encode(endpoint, StandardCharsets.UTF_8) + "&")
                .collect(Collectors.joining());
        HttpGet get =
                new HttpGet(base + "/models/requests/by-endpoint?" + query + "request_id=" + id + "&expand=payloads");
        return exchange.send(get)
                .read(
                        reply -> read(id, reply),
                        trouble -> new HistoryAnswer.Unclear(
                                trouble instanceof FalAnswer.Unavailable lost ? lost.detail() : "not asked"));
    }

    private HistoryAnswer read(FalRequestId id, HttpReply.Received reply) {
        if (reply.code() == 401 || reply.code() == 403) {
            refused(reply);
            return new HistoryAnswer.Absent();
        }
        if (reply.code() == 429) {
            synchronized (this) {
                notBefore = clock.instant().plus(RetryAfter.of(reply));
            }
        }
        JsonObject body = reply.object().orElse(null);
        if (reply.code() != 200 || body == null || !(body.get("items") instanceof JsonArray items)) {
            return new HistoryAnswer.Unclear("fal's platform API: " + TroubleAnswer.detail(reply));
        }
        synchronized (this) {
            told = false;
        }
        for (JsonElement one : items) {
            if (one instanceof JsonObject item
                    && FalJson.string(item, "request_id").equalsIgnoreCase(id.value())) {
                return item(item);
            }
        }
        return new HistoryAnswer.Absent();
    }

    private static HistoryAnswer item(JsonObject item) {
        if (!FalJson.has(item, "ended_at")) {
            return new HistoryAnswer.Running();
        }
        int code = FalJson.count(item, "status_code").orElse(0);
        JsonElement output = item.get("json_output");
        return new HistoryAnswer.Ended(code, output == null || output.isJsonNull() ? null : output);
    }

    private void refused(HttpReply.Received reply) {
        synchronized (this) {
            refusedUntil = clock.instant().plus(REFUSED_FOR);
            if (told) {
                return;
            }
            told = true;
        }
        listener.historyRefused(TroubleAnswer.detail(reply));
    }

    @Override
    public void close() {
        if (exchange != null) {
            exchange.close();
        }
    }
}
