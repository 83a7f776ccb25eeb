package avatarmonitor.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The test vector of docs/fal-contract.md section 4, made from RFC 8032 test 1. */
class WebhookSignatureTest {
    private static final byte[] SEED =
            HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    private static final String REQUEST_ID = "0198a1b2-0000-7000-8000-000000000001";
    private static final String BODY = "{\"request_id\":\"0198a1b2-0000-7000-8000-000000000001\","
            + "\"gateway_request_id\":\"0198a1b2-0000-7000-8000-000000000001\",\"status\":\"OK\","
            + "\"payload\":{\"finetune_id\":\"x\"}}";

    @Test
    void signatureIsThatOfTheTestVector() throws GeneralSecurityException {
        PrivateKey key = KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, SEED));
        WebhookSignature signature = WebhookSignature.sign(
                key,
                REQUEST_ID,
                "github|1234",
                Instant.ofEpochSecond(1_760_000_000),
                BODY.getBytes(StandardCharsets.UTF_8));
        assertThat(signature)
                .isEqualTo(new WebhookSignature(
                        REQUEST_ID,
                        "github|1234",
                        1_760_000_000,
                        "b01e038780cc4e8a33f740956fdb0a15a076b19694b9ac151724314accf0569e"
                                + "a539ca081c4840072c0f4e20b780f35c015ef25e4aa9338ec1a3f9008437bd0e"));
    }

    @Test
    void publicKeyIsTheJwkOfTheTestVector() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, new SecureRandom() {
            @Override
            public void nextBytes(byte[] bytes) {
                System.arraycopy(SEED, 0, bytes, 0, bytes.length);
            }
        });
        PublicKey key = generator.generateKeyPair().getPublic();
        assertThat(SigningKeys.x(key)).isEqualTo("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    }
}
