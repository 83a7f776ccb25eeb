package avatarmonitor.config;

import avatarmonitor.config.Format.Refused;
import avatarmonitor.config.Format.Value;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** CA certificates from a PEM file that are trusted in addition to those of Java. */
final class Authorities {
    private static final int BYTES_MAX = 1024 * 1024;
    private static final int CERTIFICATES_MAX = 500;
    private static final String EXPECTED = "a PEM file with one or more certificates (-----BEGIN CERTIFICATE-----)";

    private Authorities() {}

    /**
     * Format of a path to the file; no certificates when empty.
     *
     * @param directory base of a relative path
     */
    static Format<List<X509Certificate>> format(Path directory) {
        return text -> {
            if (text.isEmpty()) {
                return new Value<>(List.of());
            }
            try {
                Path file = directory.resolve(text);
                if (!Files.isRegularFile(file)) {
                    return new Refused<>(EXPECTED, "there is no such file: check the path");
                }
                byte[] bytes;
                try (InputStream in = Files.newInputStream(file)) {
                    bytes = in.readNBytes(BYTES_MAX + 1);
                }
                return bytes.length > BYTES_MAX
                        ? new Refused<>(
                                EXPECTED, "the file is larger than " + BYTES_MAX + " bytes: is it the right one?")
                        : read(bytes);
            } catch (InvalidPathException notAPath) {
                return new Refused<>(EXPECTED, "this cannot be the path of a file: correct it");
            } catch (IOException e) {
                return new Refused<>(
                        EXPECTED,
                        "the file cannot be read (" + e.getClass().getSimpleName() + "): let this user read it");
            }
        };
    }

    private static Format.Reading<List<X509Certificate>> read(byte[] pem) {
        List<X509Certificate> found = new ArrayList<>();
        try {
            for (Certificate one :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
                if (one instanceof X509Certificate certificate) {
                    found.add(certificate);
                }
            }
        } catch (CertificateException broken) {
            return new Refused<>(
                    EXPECTED,
                    "a certificate of the file cannot be read: leave keys out, and copy each from -----BEGIN to -----END");
        }
        if (found.isEmpty()) {
            return new Refused<>(EXPECTED, "the file holds no certificate: is it the right one?");
        }
        return found.size() > CERTIFICATES_MAX
                ? new Refused<>(
                        "at most " + CERTIFICATES_MAX + " certificates",
                        "Java trusts the public authorities already: name your own only")
                : new Value<>(List.copyOf(found));
    }
}
