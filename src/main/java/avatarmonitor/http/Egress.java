package avatarmonitor.http;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Settings of outgoing connections: proxy and trusted certificates. Only https uses the proxy, and only by CONNECT, so
 * the proxy sees nothing but host and port. Loopback addresses are always reached directly.
 *
 * @param proxy null for direct connections
 * @param except hosts that are reached without the proxy
 * @param authorities certificates that are trusted in addition to those of Java
 */
public record Egress(@Nullable Proxy proxy, NoProxy except, List<X509Certificate> authorities) {
    /** No proxy, and the certificates that Java trusts. */
    public static final Egress DIRECT = new Egress(null, NoProxy.NONE, List.of());

    public Egress {
        authorities = List.copyOf(authorities);
    }

    /** Returns the proxy for an https server; empty for a direct connection. */
    public Optional<Proxy> proxyFor(String host, int port) {
        return Loopback.is(host) || except.matches(host, port) ? Optional.empty() : Optional.ofNullable(proxy);
    }

    /** Returns the TLS context of clients; empty when Java's default is sufficient. */
    public Optional<SSLContext> tls() {
        if (authorities.isEmpty()) {
            return Optional.empty();
        }
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int number = 0;
            for (X509Certificate certificate : javas()) {
                trusted.setCertificateEntry("java-" + number++, certificate);
            }
            for (X509Certificate certificate : authorities) {
                trusted.setCertificateEntry("own-" + number++, certificate);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trustManagers(trusted), null);
            return Optional.of(context);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("no TLS with " + authorities.size() + " certificates", e);
        }
    }

    private static List<X509Certificate> javas() throws GeneralSecurityException {
        for (TrustManager manager : trustManagers(null)) {
            if (manager instanceof X509TrustManager x509) {
                return List.of(x509.getAcceptedIssuers());
            }
        }
        return List.of();
    }

    /** @param store null for the certificates that Java trusts */
    private static TrustManager[] trustManagers(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    @Override
    public String toString() {
        return (proxy == null ? "direct" : "by " + proxy) + ", " + authorities.size() + " own certificates";
    }
}
