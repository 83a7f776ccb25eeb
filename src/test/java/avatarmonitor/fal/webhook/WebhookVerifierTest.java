package avatarmonitor.fal.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.CannedFal;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.http.Egress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
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
                    clock,
                    () -> {}),
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

    @ParameterizedTest
    @CsvSource({
        "0, 1, 128, it is not signed",
        "1, 0, 128, it is not signed",
        "256, 256, 128, no key of fal made its signature",
        "257, 1, 128, a header is too long",
        "1, 257, 128, a header is too long",
        "1, 1, 127, time or signature is missing or malformed",
        "1, 1, 129, time or signature is missing or malformed"
    })
    void refusalSaysWhichHeader(int id, int user, int signature, String reason) {
        assertThat(verifier.verify(
                        new SignedWebhook("i".repeat(id), "u".repeat(user), TIME, "0".repeat(signature), body(BODY))))
                .isEqualTo(new WebhookVerdict.Refused(reason));
    }

    @Test
    void numbersThatAreNoSignatureAreRefused() {
        assertThat(verifier.verify(new SignedWebhook(ID, USER, TIME, "f".repeat(128), body(BODY))))
                .isEqualTo(new WebhookVerdict.Refused("no key of fal made its signature"));
    }

    /** Signed by the test's own key, whose public part stands for fal's. */
    @Test
    void genuineWebhookNamesOneRequestInHeaderAndBody() throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        jwks = JWKS.formatted(Base64.getUrlEncoder().encodeToString(Arrays.copyOfRange(encoded, 12, 44)));
        for (String named : new String[] {"\"" + ID + "\"", "\"other\"", "7", "null"}) {
            String body = "{\"request_id\":" + named + "}";
            assertThat(verifier.verify(signed(pair, body)))
                    .isEqualTo(
                            named.contains(ID)
                                    ? new WebhookVerdict.Genuine(new FalRequestId(ID))
                                    : new WebhookVerdict.Refused("header and body name different requests"));
        }
    }

    private static SignedWebhook signed(KeyPair pair, String body) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(String.join("\n", ID, USER, TIME, HexFormat.of().formatHex(digest))
                .getBytes(StandardCharsets.UTF_8));
        return new SignedWebhook(ID, USER, TIME, HexFormat.of().formatHex(signature.sign()), body(body));
    }

    @Test
    void atMostTwentyKeysAreTried() {
        String other = "{\"crv\":\"Ed25519\",\"x\":\"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\"},";
        String fals = "{\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";
        jwks = "{\"keys\":[" + other.repeat(19) + fals + "]}";
        assertThat(verifier.verify(webhook())).isInstanceOf(WebhookVerdict.Genuine.class);
        jwks = "{\"keys\":[" + other.repeat(20) + fals + "]}";
        now = SIGNED.plusSeconds(60);
        WebhookKeys keys = new WebhookKeys(() -> jwks, clock, () -> {});
        assertThat(keys.current()).hasSize(20);
        assertThat(new WebhookVerifier(keys, clock).verify(webhook())).isInstanceOf(WebhookVerdict.Refused.class);
    }

    @Test
    void keysThatCannotBeHadAgainStayThoseOfBefore() {
        WebhookKeys keys = new WebhookKeys(() -> asked.getAndIncrement() == 0 ? FALS : "", clock, () -> {});
        assertThat(keys.refresh()).isTrue();
        assertThat(keys.refresh()).as("within a minute").isFalse();
        now = SIGNED.plusSeconds(60);
        assertThat(keys.refresh()).as("nothing came").isFalse();
        assertThat(asked).hasValue(2);
        assertThat(keys.current()).hasSize(1);
    }

    @Test
    void keysComeOverHttpAndOnlyWithCode200() {
        try (CannedFal server = new CannedFal()) {
            WebhookConfig config = new WebhookConfig(true, server.url().resolve("/jwks.json"));
            try (WebhookVerifier real = WebhookVerifier.open(config, Egress.DIRECT, clock)) {
                server.answersWith(500, FALS);
                assertThat(real.verify(webhook())).isInstanceOf(WebhookVerdict.Undecided.class);
                now = SIGNED.plusSeconds(60);
                server.answersWith(200, FALS);
                assertThat(real.verify(webhook())).isInstanceOf(WebhookVerdict.Genuine.class);
                assertThat(server.requests).containsExactly("GET /jwks.json", "GET /jwks.json");
            }
            WebhookVerifier closed = WebhookVerifier.open(config, Egress.DIRECT, clock);
            closed.close();
            assertThat(closed.verify(webhook())).isInstanceOf(WebhookVerdict.Undecided.class);
        }
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
                "{\"keys\":[{\"crv\":\"X25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}",
                "{\"keys\":[{\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURoA\"}]}",
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

        WebhookKeys keys = new WebhookKeys(() -> asked.getAndIncrement() == 1 ? FALS : "", clock, () -> {});
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
