package avatarmonitor.http;

import avatarmonitor.background.AtMostEvery;
import java.io.IOException;
import java.net.SocketException;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.util.TimeValue;
import org.jspecify.annotations.Nullable;

/**
 * Retries a GET once, immediately, when a reused connection turns out to be closed by the server. Does not retry other
 * methods, new connections, or after any response. Each client retries at most once a minute: a retry takes no part of
 * a rate limit, and a server that drops many requests must not get more of them.
 */
final class StaleConnectionRetry implements HttpRequestRetryStrategy {
    private static final int TIMES_MAX = 1;

    private final AtMostEvery budget = new AtMostEvery(AtMostEvery.MINUTE);

    @Override
    public boolean retryRequest(HttpRequest request, IOException failure, int sent, HttpContext context) {
        return sent <= TIMES_MAX
                && (failure instanceof NoHttpResponseException || failure instanceof SocketException)
                && Method.GET.isSame(request.getMethod())
                && wasUsedBefore(HttpCoreContext.cast(context).getEndpointDetails())
                && budget.due();
    }

    private static boolean wasUsedBefore(@Nullable EndpointDetails connection) {
        return connection != null && connection.getRequestCount() > 1;
    }

    @Override
    public boolean retryRequest(HttpResponse response, int sent, HttpContext context) {
        return false;
    }

    @Override
    public TimeValue getRetryInterval(HttpResponse response, int sent, HttpContext context) {
        return TimeValue.ZERO_MILLISECONDS;
    }
}
