package avatarmonitor.store;

import java.io.FileNotFoundException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Explains why an encrypted connection failed. The driver uses the same class of SQLStates for all failures to connect;
 * the URL's requirements and the cause distinguish them.
 */
final class TlsFailure {
    private static final Pattern MODE = Pattern.compile("[?&]sslmode=([^&]*)");
    private static final Pattern SWITCHED_ON = Pattern.compile("[?&]ssl(=true)?(&|$)");

    /** SQLState of the driver: the server rejected the connection before any login. */
    private static final String REJECTED = "08004";

    private TlsFailure() {}

    /** Returns advice when TLS failed; empty for other failures. */
    static Optional<String> advice(SQLException failure, String url) {
        String mode = mode(url);
        if (behind(failure, CertificateException.class) || behind(failure, CertPathValidatorException.class)) {
            return Optional.of(
                    "TLS failed, the server's certificate is not trusted (sslmode=" + mode
                            + "): let sslrootcert name a file with the certificate of its authority, and look whether the certificate has expired");
        }
        if (behind(failure, SSLException.class)) {
            return Optional.of("TLS failed, client and server did not come to terms (sslmode=" + mode
                    + "): check the sslmode, sslrootcert, sslcert and sslkey of db.url, and ssl_* of the server");
        }
        if (!demandsTls(mode) || isOfTheNetwork(failure)) {
            return Optional.empty();
        }
        if (behind(failure, FileNotFoundException.class) || behind(failure, NoSuchFileException.class)) {
            return Optional.of(
                    "TLS failed, a file that sslmode=" + mode
                            + " needs cannot be read: check sslrootcert (as a rule ~/.postgresql/root.crt), sslcert and sslkey");
        }
        if (REJECTED.equals(failure.getSQLState())) {
            return Optional.of("TLS failed, the server offers none (sslmode=" + mode
                    + "): turn on ssl at the server, or weaken sslmode if the network may be trusted");
        }
        if (mode.equals("verify-full") && failure.getCause() == null) {
            return Optional.of(
                    "TLS failed, the server's certificate is for another host name (sslmode=verify-full): use a name that"
                            + " stands in the certificate, or have a certificate for this one");
        }
        return Optional.empty();
    }

    private static boolean demandsTls(String mode) {
        return mode.equals("require") || mode.startsWith("verify-");
    }

    static String mode(String url) {
        Matcher mode = MODE.matcher(url);
        return mode.find() ? mode.group(1) : SWITCHED_ON.matcher(url).find() ? "verify-full" : "prefer";
    }

    private static boolean isOfTheNetwork(SQLException failure) {
        return behind(failure, SocketException.class)
                || behind(failure, SocketTimeoutException.class)
                || behind(failure, UnknownHostException.class);
    }

    private static boolean behind(Throwable failure, Class<? extends Exception> kind) {
        @Nullable Throwable cause = failure;
        while (cause != null && !kind.isInstance(cause)) {
            cause = cause.getCause();
        }
        return cause != null;
    }
}
