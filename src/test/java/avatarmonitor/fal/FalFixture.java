package avatarmonitor.fal;

import avatarmonitor.http.Egress;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Shared fixture of this package's tests. */
public final class FalFixture {
    static final String ENDPOINT = "fal-ai/flux-lora-portrait-trainer";
    static final String KEY = "0198-key-id-of-fal:5ecret-of-the-key";
    public static final String ID = "0198a1b2-0000-7000-8000-000000000001";
    static final FalRequest REQUEST = request(ID);

    private FalFixture() {}

    static FalRequest request(String id) {
        return new FalRequest(ENDPOINT, new FalRequestId(id));
    }

    static FalConfig config(URI url, Duration timeout) {
        return config(url, new FalKey(KEY), timeout, 1_000);
    }

    /** Returns settings without the platform API. */
    public static FalConfig config(URI url, @Nullable FalKey key, Duration timeout, int requestsPerSecond) {
        return new FalConfig(
                url, key, timeout, requestsPerSecond, FalConfig.History.OFF, URI.create("https://api.fal.ai/v1"));
    }

    static HttpFalQueue http(URI url) {
        return http(url, Duration.ofSeconds(10));
    }

    static HttpFalQueue http(URI url, Duration timeout) {
        return new HttpFalQueue(config(url, timeout), Egress.DIRECT, 4, new SettableClock());
    }
}
