package avatarmonitor.fal;

import avatarmonitor.fal.answer.CancelAnswer;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalAnswer.AccessRefused;
import avatarmonitor.fal.answer.FalAnswer.RequestRefused;
import avatarmonitor.fal.answer.ResultAnswer;
import avatarmonitor.fal.answer.StatusAnswer;
import avatarmonitor.http.Egress;
import java.time.InstantSource;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPut;
import org.jspecify.annotations.Nullable;

/**
 * fal's queue over HTTP (docs/fal-contract.md section 1 to 3): every call is one request without retry or redirect, and
 * ends within {@code fal.timeout} with an answer. It builds each URL from the configured base and never uses one that
 * fal returned, so the key reaches no other host. Closing cancels running requests, which yield {@link FalAnswer.Held}.
 */
public final class HttpFalQueue implements FalQueue, AutoCloseable {
    private static final String NO_KEY = "no fal key is configured: nothing was asked";

    private final String base;
    /** Null without a key: then no request can be sent. */
    private final @Nullable HttpExchange exchange;

    /**
     * Creates the client without connecting.
     *
     * @param egress proxy and trusted certificates
     * @param concurrency maximum of concurrent requests; further ones yield {@link FalAnswer.Held}
     * @throws IllegalArgumentException when the base URL is not allowed, see {@link FalConfig#problemOfBaseUrl}
     */
    public HttpFalQueue(FalConfig config, Egress egress, int concurrency, InstantSource clock) {
        FalConfig.problemOfBaseUrl(config.baseUrl()).ifPresent(problem -> {
            throw new IllegalArgumentException("fal.base-url " + config.baseUrl() + " cannot be used: " + problem);
        });
        this.base = config.baseUrl().toString().replaceFirst("/$", "");
        this.exchange = HttpExchange.open("fal", concurrency, config, egress, clock);
    }

    void meter(FalMeter meter) {
        if (exchange != null) {
            exchange.meter(meter);
        }
    }

    @Override
    public FalAnswer.Status status(FalRequest request, boolean withLogs) {
        if (exchange == null) {
            return new AccessRefused(401, NO_KEY);
        }
        String path = request.path() + (withLogs ? "/status?logs=1" : "/status");
        return exchange.send(new HttpGet(base + path))
                .read(reply -> StatusAnswer.read(request.id().value(), reply), trouble -> trouble);
    }

    @Override
    public FalAnswer.Result result(FalRequest request) {
        if (exchange == null) {
            return new RequestRefused(401, NO_KEY, false);
        }
        return exchange.send(new HttpGet(base + request.path())).read(ResultAnswer::read, trouble -> trouble);
    }

    @Override
    public FalAnswer.Cancel cancel(FalRequest request) {
        if (exchange == null) {
            return new RequestRefused(401, NO_KEY, false);
        }
        return exchange.send(new HttpPut(base + request.path() + "/cancel"))
                .read(CancelAnswer::read, trouble -> trouble);
    }

    @Override
    public void close() {
        if (exchange != null) {
            exchange.close();
        }
    }
}
