package avatarmonitor.http;

import java.io.IOException;
import java.util.Optional;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** Routes https through the proxy of an {@link Egress}, by CONNECT only. */
final class ProxyTunnels extends DefaultRoutePlanner implements ExecChainHandler {
    private final Egress egress;

    ProxyTunnels(Egress egress) {
        super(DefaultSchemePortResolver.INSTANCE);
        this.egress = egress;
    }

    /** Plain http never uses the proxy, which could read and change it. */
    @Override
    protected @Nullable HttpHost determineProxy(HttpHost target, HttpContext context) {
        int port = DefaultSchemePortResolver.INSTANCE.resolve(target);
        Optional<Proxy> proxy = "https".equalsIgnoreCase(target.getSchemeName())
                ? egress.proxyFor(target.getHostName(), port)
                : Optional.empty();
        return proxy.map(ProxyTunnels::host).orElse(null);
    }

    /**
     * Rejects a response of the proxy itself, which HttpClient returns as if it were the server's: a 404 of the proxy
     * would mean that fal has lost a training. A response on a tunnelled route without TLS is the proxy's.
     */
    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse response = chain.proceed(request, scope);
        Proxy proxy = egress.proxy();
        if (proxy != null && scope.route.isTunnelled() && scope.clientContext.getSSLSession() == null) {
            response.close();
            throw new ProxyRefusedException(proxy, response.getCode());
        }
        return response;
    }

    /**
     * Creates the context of one request. Each CONNECT sends user and password preemptively to this proxy and to no
     * other host.
     */
    HttpClientContext context() {
        HttpClientContext context = HttpClientContext.create();
        Proxy proxy = egress.proxy();
        if (proxy != null && !proxy.user().isEmpty()) {
            BasicScheme basic = new BasicScheme();
            basic.initPreemptive(new UsernamePasswordCredentials(
                    proxy.user(), proxy.password().toCharArray()));
            AuthExchange exchange = new AuthExchange();
            exchange.select(basic);
            context.setAuthExchange(host(proxy), exchange);
        }
        return context;
    }

    private static HttpHost host(Proxy proxy) {
        return new HttpHost("http", proxy.host(), proxy.port());
    }
}
