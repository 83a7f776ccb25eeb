package avatarmonitor.emulator;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** The Ed25519 keys that sign webhooks; {@code /.well-known/jwks.json} publishes the public ones. */
final class SigningKeys {
    private static final int MOST_PUBLISHED = 5;
    /** An X.509 Ed25519 key is 12 fixed bytes and the 32 of the key (RFC 8410). */
    private static final int KEY_BYTES = 32;

    /** The public keys (RFC 7517, RFC 8037). */
    record Jwks(List<Jwk> keys) {}

    record Jwk(String kty, String crv, String use, String x) {}

    private final KeyPair stranger = generate();
    private final List<KeyPair> published = new ArrayList<>(List.of(generate()));

    /** Current signing key. */
    synchronized PrivateKey current() {
        return published.get(0).getPrivate();
    }

    /** A key that was never published. */
    PrivateKey stranger() {
        return stranger.getPrivate();
    }

    /**
     * Switches to a new signing key.
     *
     * @param keepOld whether the old keys stay published
     */
    synchronized void rotate(boolean keepOld) {
        if (!keepOld) {
            published.clear();
        }
        published.add(0, generate());
        if (published.size() > MOST_PUBLISHED) {
            published.remove(MOST_PUBLISHED);
        }
    }

    synchronized Jwks jwks() {
        return new Jwks(published.stream()
                .map(pair -> new Jwk("OKP", "Ed25519", "sig", x(pair.getPublic())))
                .toList());
    }

    /** The {@code x} of a JWK: the 32 bytes of the key in base64url without padding (RFC 8037). */
    static String x(PublicKey key) {
        byte[] encoded = key.getEncoded();
        byte[] bytes = Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static KeyPair generate() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this Java has no Ed25519", impossible);
        }
    }
}
