package avatarmonitor.fal;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.PlatformApiAnswer;
import avatarmonitor.fal.limit.FalLimits;
import avatarmonitor.fal.limit.FalPauseListener;
import avatarmonitor.fal.limit.Paused;
import avatarmonitor.http.Egress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Client of fal's queue for a worker: cache, then rate limit, then HTTP. Opening starts no thread and sends nothing;
 * closing cancels running requests, whose callers get {@link FalAnswer.Held} at once.
 */
public final class FalClient implements FalQueue, AutoCloseable {
    /** Endpoints that one request for ended requests may name. */
    public static final int HISTORY_ENDPOINTS_MAX = PlatformApi.ENDPOINTS_MAX;

    /** Maximum of concurrent requests of {@link #forHints}. */
    public static final int HINTS_AT_ONCE = LimitedFalQueue.HINTS_AT_ONCE;

    private final HttpFalQueue http;
    private final LimitedFalQueue limited;
    private final CachingFalQueue caching;
    private final UnknownEndpoints endpoints;
    private final PlatformApi history;
    private final ModelFiles files;
    private final InstantSource clock;

    private FalClient(
            HttpFalQueue http,
            LimitedFalQueue limited,
            CachingFalQueue caching,
            UnknownEndpoints endpoints,
            PlatformApi history,
            ModelFiles files,
            InstantSource clock) {
        this.history = history;
        this.files = files;
        this.http = http;
        this.limited = limited;
        this.caching = caching;
        this.endpoints = endpoints;
        this.clock = clock;
    }

    /**
     * Wires the parts.
     *
     * @param egress proxy and trusted certificates
     * @param concurrency {@code worker.concurrency}: maximum of concurrent requests
     * @param limits shared by all who use the same key
     * @param pauses receives starts and ends of polling pauses
     * @param endpoints receives configured applications that fal does not have
     * @throws IllegalArgumentException when the base URL is not allowed, see {@link FalConfig#problemOfBaseUrl}
     */
    public static FalClient open(
            FalConfig config,
            Egress egress,
            int concurrency,
            FalLimits limits,
            InstantSource clock,
            FalPauseListener pauses,
            EndpointListener endpoints) {
        HttpFalQueue http = new HttpFalQueue(config, egress, concurrency + LimitedFalQueue.EXTRA_AT_ONCE, clock);
        LimitedFalQueue limited = new LimitedFalQueue(http, concurrency, limits, clock, pauses);
        // The other thread may wait for a place and for its turn before it asks.
        Duration timeout = config.timeout().plus(LimitedFalQueue.WAIT_MAX.multipliedBy(2));
        return new FalClient(
                http,
                limited,
                new CachingFalQueue(limited, timeout, clock),
                new UnknownEndpoints(endpoints),
                new PlatformApi(config, egress, endpoints, clock, System::nanoTime),
                new ModelFiles(egress, config.isLocal()),
                clock);
    }

    /**
     * The same for an operator's calls, which have a part of the rate limit of their own. Must not be closed.
     */
    public FalQueue forOperator() {
        return within(limited.forOperator(false));
    }

    /** As {@link #forOperator}, for calls that a pause of polling by an operator holds. */
    public FalQueue forOperatorUnlessPaused() {
        return within(limited.forOperator(true));
    }

    /** The same for checks that follow hints, at most {@link #HINTS_AT_ONCE} at a time. */
    public FalQueue forHints() {
        return within(limited.forHints());
    }

    private FalQueue within(LimitedFalQueue own) {
        return new FalClient(http, own, caching.asking(own), endpoints, history, files, clock);
    }

    @Override
    public FalAnswer.Status status(FalRequest request, boolean withLogs) {
        FalAnswer.Status answer = caching.status(request, withLogs);
        endpoints.answered(request, answer, clock.instant());
        return answer;
    }

    @Override
    public FalAnswer.Result result(FalRequest request) {
        FalAnswer.Result answer = caching.result(request);
        endpoints.answered(request, answer, clock.instant());
        return answer;
    }

    @Override
    public FalAnswer.Cancel cancel(FalRequest request) {
        return caching.cancel(request);
    }

    @Override
    public PlatformApiAnswer history(FalRequestId id, Collection<String> wanted) {
        return limited.sendToOtherHost(
                () -> history.find(id, wanted), held -> new PlatformApiAnswer.Unclear(held.reason()));
    }

    /** Returns whether the platform API is used: it is configured, and the key is fal's. */
    public boolean usesHistory() {
        return history.isUsed();
    }

    /**
     * Requests one page of the ended requests from fal's platform API, within the limits of the queue.
     *
     * @param endpoints at most {@link #HISTORY_ENDPOINTS_MAX} whole ids
     * @param start minimum of the end, by fal's clock
     * @param cursor of the page; null for the first one
     */
    public EndedPage ended(Collection<String> endpoints, Instant start, @Nullable String cursor) {
        return limited.sendToOtherHost(
                () -> history.list(endpoints, start, cursor), held -> new EndedPage.Unclear(held.reason()));
    }

    /** Sets the receiver of metrics of requests to the platform API. */
    public void meterHistory(FalMeter meter) {
        history.meter(meter);
    }

    @Override
    public ModelLife files(Collection<String> urls) {
        return files.probe(urls);
    }

    /** Removes cached answers about a request, see {@link CachingFalQueue#forget}. */
    @Override
    public void forget(FalRequestId id) {
        caching.forget(id);
    }

    /** Sets the receiver of metrics of requests. */
    public void meter(FalMeter meter) {
        http.meter(meter);
    }

    /** Returns reason, start and end of a polling pause; empty when polling is active. */
    public Optional<Paused> paused() {
        return limited.paused();
    }

    /**
     * Ends expired pauses and expired reports of unknown endpoints even when no request is sent. Cheap; call it every
     * few seconds.
     */
    public void expirePause() {
        limited.expirePause();
        endpoints.expire(clock.instant());
    }

    /** Shares polling pauses with all that use the same key, see {@link LimitedFalQueue#exchangePause}. */
    public void exchangePause() {
        limited.exchangePause();
    }

    @Override
    public void close() {
        limited.close();
        history.close();
        files.close();
        http.close();
    }
}
