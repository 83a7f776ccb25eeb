package avatarmonitor.http;

import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/** Builds an Apache HttpClient without the defaults that wait without limit, act on their own or trust the server. */
final class BoundedHttpClient {
    private static final Duration STEP_MAX = Duration.ofSeconds(5);
    /**
     * Shorter than the keep-alive of common servers, so that a request rarely meets a connection that is just being
     * closed.
     */
    private static final TimeValue IDLE_MAX = TimeValue.ofSeconds(20);

    private static final TimeValue CHECKED_WHEN_IDLE = TimeValue.ofSeconds(1);
    /** Limits the age of connections, since long-lived ones would miss a change of the server's addresses. */
    private static final TimeValue AGE_MAX = TimeValue.ofMinutes(5);

    private static final int HEADER_LINES_MAX = 100;
    private static final int HEADER_LINE_LENGTH_MAX = 8 * 1024;
    private static final int EMPTY_LINES_MAX = 10;

    private BoundedHttpClient() {}

    /**
     * Timeout of each step before a request is sent (lease, lookup, connect): 5 s, but at most half of the overall
     * timeout.
     */
    static Duration stepLimit(Duration overall) {
        Duration half = overall.dividedBy(2);
        return half.compareTo(STEP_MAX) < 0 ? half : STEP_MAX;
    }

    /**
     * @param connections limit of concurrent requests
     * @param overall timeout of one request; the caller enforces it, here it bounds each wait for a byte
     * @param tls empty for Java's default
     */
    static CloseableHttpClient open(
            int connections, Duration overall, DnsResolver names, ProxyTunnels tunnels, Optional<SSLContext> tls) {
        Timeout step = Timeout.of(stepLimit(overall));
        Timeout response = Timeout.of(overall);
        Http1Config limits = Http1Config.custom()
                .setMaxHeaderCount(HEADER_LINES_MAX)
                .setMaxLineLength(HEADER_LINE_LENGTH_MAX)
                .setMaxEmptyLineCount(EMPTY_LINES_MAX)
                .build();
        var connectionManager = PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(
                        tls.map(DefaultClientTlsStrategy::new).orElseGet(DefaultClientTlsStrategy::createDefault))
                .setConnectionFactory(socket -> {
                    QuietConnection connection = new QuietConnection(limits);
                    if (socket != null) {
                        connection.bind(socket);
                    }
                    return connection;
                })
                .setDnsResolver(names)
                .setMaxConnTotal(connections)
                .setMaxConnPerRoute(connections)
                .setDefaultSocketConfig(
                        SocketConfig.custom().setSoTimeout(response).build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(step)
                        .setSocketTimeout(response)
                        .setValidateAfterInactivity(CHECKED_WHEN_IDLE)
                        .setIdleTimeout(Timeout.of(IDLE_MAX.toDuration()))
                        .setTimeToLive(AGE_MAX)
                        .build())
                .setDefaultTlsConfig(
                        TlsConfig.custom().setHandshakeTimeout(step).build())
                .build();
        return HttpClients.custom()
                .setConnectionManager(connectionManager)
                .setRoutePlanner(tunnels)
                .addExecInterceptorBefore(ChainElement.CONNECT.name(), "tunnels", tunnels)
                .setUserAgent("avatar-monitor")
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(step)
                        .setResponseTimeout(response)
                        .setAuthenticationEnabled(false)
                        .setRedirectsEnabled(false)
                        .build())
                // HttpClient's default strategy would wait for Retry-After without limit.
                .setRetryStrategy(new StaleConnectionRetry())
                // Send keys and signatures to the configured host only.
                .disableRedirectHandling()
                .disableAuthCaching()
                .disableCookieManagement()
                // No decompression, so that a small response cannot expand to a huge body.
                .disableContentCompression()
                .build();
    }
}
