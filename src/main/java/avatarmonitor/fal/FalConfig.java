package avatarmonitor.fal;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The {@code fal.*} keys.
 *
 * @param baseUrl scheme, host and port; the key is never sent anywhere else
 * @param key null when none is configured: then nothing can be asked
 * @param timeout overall limit of one question, from connecting to the last byte of the answer
 * @param requestsPerSecond limit of this worker
 * @param portraitEndpoint fal application that trains portraits
 * @param styleEndpoint fal application that trains styles
 */
public record FalConfig(
        URI baseUrl,
        @Nullable FalKey key,
        Duration timeout,
        int requestsPerSecond,
        String portraitEndpoint,
        String styleEndpoint) {}
