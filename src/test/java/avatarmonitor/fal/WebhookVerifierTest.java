package avatarmonitor.fal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Only webhooks signed by fal are accepted; uses the test vector of docs/fal-contract.md section 4, made from RFC 8032
 * test 1.
 */
class WebhookVerifierTest {
    private static final String ID = "0198a1b2-0000-7000-8000-000000000001";
    private static final String USER = "github|1234";
    private static final String TIME = "1760000000";
    private static final Instant SIGNED = Instant.ofEpochSecond(1_760_000_000);
    private static final String BODY = """
            {"request_id":"%s","gateway_request_id":"%s","status":"OK","payload":{"finetune_id":"x"}}""".formatted(ID, ID);
    private static final String SIGNATURE = "b01e038780cc4e8a33f740956fdb0a15a076b19694b9ac151724314accf0569e"
            + "a539ca081c4840072c0f4e20b780f35c015ef25e4aa9338ec1a3f9008437bd0e";
    private static final String JWKS = """
            {"keys":[{"kty":"RSA","n":"x"},{"kty":"OKP","crv":"Ed25519","x":"%s"}]}""";
    private static final String FALS = JWKS.formatted("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");

    /** RFC 8032 test 2: another party's key. */
    private static final String ANOTHER = JWKS.formatted("PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw");

    private String jwks = FALS;
    private final AtomicInteger asked = new AtomicInteger();
    private Instant now = SIGNED;
    private final InstantSource clock = () -> now;
    private final WebhookVerifier verifier = new WebhookVerifier(
            new WebhookKeys(
                    () -> {
                        asked.incrementAndGet();
                        return jwks;
                    },
                    clock),
            clock);

    @Test
    void whatFalSignedIsGenuine() {
        assertThat(verifier.verify(webhook())).isEqualTo(new WebhookVerdict.Genuine(new FalRequestId(ID)));
        assertThat(verifier.verify(new SignedWebhook(ID, USER, TIME, SIGNATURE.toUpperCase(Locale.ROOT), body(BODY))))
                .isInstanceOf(WebhookVerdict.Genuine.class);
        assertThat(asked).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', nullValues = "-", textBlock = """
            '' ; github|1234 ; 1760000000 ; right
            0198a1b2-0000-7000-8000-000000000001 ; '' ; 1760000000 ; right
            0198a1b2-0000-7000-8000-000000000001 ; github|1234 ; '' ; right
            0198a1b2-0000-7000-8000-000000000001 ; github|1234 ; 1760000000 ; ''
            0198a1b2-0000-7000-8000-000000000002 ; github|1234 ; 1760000000 ; right
            0198a1b2-0000-7000-8000-000000000001 ; github|1235 ; 1760000000 ; right
            0198a1b2-0000-7000-8000-000000000001 ; github|1234 ; 1760000001 ; right
            0198a1b2-0000-7000-8000-000000000001 ; github|1234 ; now ; right
            0198a1b2-0000-7000-8000-000000000001 ; github|1234 ; -1 ; right
            0198a1b2-0000-7000-8000-000000000001 ; github|1234 ; 99999999999999999999 ; right
            0198a1b2-0000-7000-8000-000000000001 ; github|1234 ; 1760000000 ; b01e
            0198a1b2-0000-7000-8000-000000000001 ; github|1234 ; 1760000000 ; zero
            """)
    void headerThatIsNotAsSignedIsRefused(String id, String user, String time, String signature) {
        String given = switch (signature) {
            case "right" -> SIGNATURE;
            case "zero" -> "0".repeat(128);
            default -> signature;
        };

        assertThat(verifier.verify(new SignedWebhook(id, user, time, given, body(BODY))))
                .isInstanceOf(WebhookVerdict.Refused.class);
    }

    @Test
    void bodyThatDiffersByOneByteIsRefused() {
        assertThat(verifier.verify(new SignedWebhook(ID, USER, TIME, SIGNATURE, body(BODY + "\n"))))
                .isInstanceOf(WebhookVerdict.Refused.class);
    }

    @ParameterizedTest
    @CsvSource({"-300, true", "300, true", "-301, false", "301, false"})
    void copyThatSomebodyKeptIsRefusedAfterFiveMinutes(int seconds, boolean genuine) {
        now = SIGNED.plusSeconds(seconds);

        assertThat(verifier.verify(webhook()) instanceof WebhookVerdict.Genuine).isEqualTo(genuine);
    }

    @Test
    void forgeriesAskForKeysOnceAMinute() {
        jwks = ANOTHER;
        for (int i = 0; i < 100; i++) {
            assertThat(verifier.verify(webhook())).isInstanceOf(WebhookVerdict.Refused.class);
        }
        assertThat(asked).hasValue(1);

        now = SIGNED.plus(WebhookKeys.ASK_PAUSE);
        assertThat(verifier.verify(webhook())).isInstanceOf(WebhookVerdict.Refused.class);
        assertThat(asked).hasValue(2);
    }

    @Test
    void keyThatFalChangedIsFound() {
        jwks = ANOTHER;
        assertThat(verifier.verify(webhook())).isInstanceOf(WebhookVerdict.Refused.class);
        jwks = FALS;
        now = SIGNED.plus(WebhookKeys.ASK_PAUSE);

        assertThat(verifier.verify(webhook())).isInstanceOf(WebhookVerdict.Genuine.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "[]",
                "{}",
                "{\"keys\":{}}",
                "{\"keys\":[]}",
                "{\"keys\":[1]}",
                "{\"keys\":[{\"crv\":\"Ed25519\"}]}",
                "{\"keys\":[{\"crv\":\"Ed25519\",\"x\":\"AAAA\"}]}",
                "{\"keys\":[{\"crv\":\"Ed25519\",\"x\":\"!\"}]}"
            })
    void withoutKeysNothingIsDecided(String answer) {
        jwks = answer;

        assertThat(verifier.verify(webhook())).isInstanceOf(WebhookVerdict.Undecided.class);
    }

    @Test
    void keysAreKeptForADayAndNoLonger() {
        assertThat(verifier.verify(webhook())).isInstanceOf(WebhookVerdict.Genuine.class);
        jwks = "";
        now = SIGNED.plus(Duration.ofMinutes(4));
        assertThat(verifier.verify(webhook())).isInstanceOf(WebhookVerdict.Genuine.class);

        WebhookKeys keys = new WebhookKeys(() -> asked.getAndIncrement() == 1 ? FALS : "", clock);
        assertThat(keys.current()).hasSize(1);
        now = now.plus(WebhookKeys.KEPT_MAX);
        assertThat(keys.current()).hasSize(1);
        now = now.plusSeconds(1);
        assertThat(keys.current()).isEmpty();
    }

    private static SignedWebhook webhook() {
        return new SignedWebhook(ID, USER, TIME, SIGNATURE, body(BODY));
    }

    private static ByteBuffer body(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
