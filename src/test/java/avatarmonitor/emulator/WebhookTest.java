package avatarmonitor.emulator;

import static avatarmonitor.emulator.Caller.PORTRAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.WebhookReceiver.Received;
import avatarmonitor.emulator.scenario.Notifying;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Delivery of webhooks (docs/fal-contract.md section 4). */
@Execution(ExecutionMode.CONCURRENT)
class WebhookTest {
    @AutoClose
    private final FalEmulator emulator =
            FalEmulator.start(EmulatorConfig.local().withFrozenClock());

    @AutoClose
    private final Caller caller = new Caller(emulator.baseUri());

    @AutoClose
    private final WebhookReceiver receiver;

    WebhookTest() throws IOException {
        receiver = new WebhookReceiver();
    }

    @Test
    void successIsReportedOnceAndRightlySigned() throws Exception {
        String path = submit("\"run_seconds\":10,\"queue_seconds\":0");
        assertThat(emulator.webhookAttempts()).isEmpty();
        emulator.advance(Duration.ofSeconds(10));
        Received webhook = onlyOne();
        String id = Caller.idOf(path);
        JsonObject body = webhook.json();
        assertThat(body.get("request_id").getAsString()).isEqualTo(id);
        assertThat(body.get("gateway_request_id").getAsString()).isEqualTo(id);
        assertThat(body.get("status").getAsString()).isEqualTo("OK");
        assertThat(body.get("error").isJsonNull()).isTrue();
        assertThat(body.get("payload")).isEqualTo(caller.get(path).json());
        assertThat(body.has("payload_error")).isFalse();
        assertThat(webhook.header("Request-Id")).isEqualTo(id);
        assertThat(webhook.headers().getFirst("Content-Type")).startsWith("application/json");
        assertThat(signed(webhook)).isTrue();
        assertThat(Instant.ofEpochSecond(Long.parseLong(webhook.header("Timestamp"))))
                .isBetween(
                        InstantSource.system().instant().minus(Duration.ofMinutes(1)),
                        InstantSource.system().instant().plus(Duration.ofMinutes(1)));
    }

    @Test
    void failureIsReportedWithItsBody() throws Exception {
        submit("\"queue_seconds\":0,\"run_seconds\":0,\"outcome\":\"validation_error\"");
        JsonObject body = onlyOne().json();
        assertThat(body.get("status").getAsString()).isEqualTo("ERROR");
        assertThat(body.get("error").getAsString()).isEqualTo("Invalid status code: 422");
        assertThat(body.getAsJsonObject("payload").has("detail")).isTrue();
    }

    @Test
    void payloadMayHaveToBeFetched() throws Exception {
        submit("\"queue_seconds\":0,\"run_seconds\":0,\"webhook_payload\":\"payload_error\"");
        JsonObject body = onlyOne().json();
        assertThat(body.get("status").getAsString()).isEqualTo("OK");
        assertThat(body.get("payload").isJsonNull()).isTrue();
        assertThat(body.get("payload_error").getAsString()).contains("not JSON serializable");
    }

    @Test
    void payloadThatIsNoJsonIsLeftOut() throws Exception {
        submit("\"queue_seconds\":0,\"run_seconds\":0,\"outcome\":\"server_error_html\"");
        JsonObject body = onlyOne().json();
        assertThat(body.get("error").getAsString()).isEqualTo("Invalid status code: 500");
        assertThat(body.get("payload").isJsonNull()).isTrue();
        assertThat(body.has("payload_error")).isTrue();
    }

    @Test
    void requeuedRequestHasAnotherGatewayId() throws Exception {
        String path = submit("\"queue_seconds\":0,\"run_seconds\":2,\"requeue_seconds\":2");
        emulator.advance(Duration.ofSeconds(5));
        JsonObject body = onlyOne().json();
        assertThat(body.get("request_id").getAsString()).isEqualTo(Caller.idOf(path));
        assertThat(body.get("gateway_request_id").getAsString()).isNotEqualTo(Caller.idOf(path));
    }

    @Test
    void webhookMayComeTwiceLateOrNever() throws Exception {
        submit("\"queue_seconds\":0,\"run_seconds\":0,\"webhook_copies\":0");
        submit("\"queue_seconds\":0,\"run_seconds\":0,\"webhook_copies\":2");
        submit("\"queue_seconds\":0,\"run_seconds\":0,\"webhook_delay_seconds\":60");
        await().until(() -> receiver.received().size() == 2);
        emulator.advance(Duration.ofSeconds(59));
        // A webhook that is due now shows that the late one was not.
        submit("\"queue_seconds\":0,\"run_seconds\":0");
        await().until(() -> receiver.received().size() == 3);
        emulator.advance(Duration.ofSeconds(1));
        await().until(() -> receiver.received().size() == 4);
        assertThat(receiver.received().get(0).json())
                .isEqualTo(receiver.received().get(1).json());
    }

    @Test
    void signatureMayBeBadMissingOrStale() throws Exception {
        submit("\"queue_seconds\":0,\"run_seconds\":0,\"webhook_signature\":\"bad\"");
        Received bad = next(0);
        assertThat(bad.header("Signature")).matches("[0-9a-f]{128}");
        assertThat(signed(bad)).isFalse();
        submit("\"queue_seconds\":0,\"run_seconds\":0,\"webhook_signature\":\"missing\"");
        assertThat(next(1).headers().keySet()).noneMatch(name -> name.startsWith("X-fal-webhook"));
        submit("\"queue_seconds\":0,\"run_seconds\":0,\"webhook_signature\":\"stale\"");
        Received stale = next(2);
        assertThat(signed(stale)).isTrue();
        assertThat(Long.parseLong(stale.header("Timestamp")))
                .isLessThan(InstantSource.system().instant().minusSeconds(301).getEpochSecond());
    }

    @Test
    void rotatedKeySignsFromThenOn() throws Exception {
        submit("\"queue_seconds\":0,\"run_seconds\":0");
        Received before = next(0);
        emulator.rotateSigningKey(true);
        submit("\"queue_seconds\":0,\"run_seconds\":0");
        Received after = next(1);
        assertThat(signed(before)).isTrue();
        assertThat(signed(after)).isTrue();
        emulator.rotateSigningKey(false);
        assertThat(signed(before)).isFalse();
        assertThat(signed(after)).isFalse();
        assertThat(jwks().getAsJsonArray("keys")).hasSize(1);
    }

    @Test
    void failedDeliveryIsRepeatedWithGrowingGaps() throws Exception {
        receiver.answer(500, 404);
        submit("\"queue_seconds\":0,\"run_seconds\":0");
        await().until(() -> emulator.webhookAttempts().size() == 1);
        emulator.advance(Duration.ofSeconds(1));
        await().until(() -> emulator.webhookAttempts().size() == 2);
        emulator.advance(Duration.ofSeconds(2));
        await().until(() -> emulator.webhookAttempts().size() == 3);
        assertThat(emulator.webhookAttempts()).extracting(WebhookAttempt::code).containsExactly(500, 404, 200);
        assertThat(emulator.webhookAttempts())
                .extracting(WebhookAttempt::number)
                .containsExactly(1, 2, 3);
    }

    @Test
    void deliveryIsGivenUpAfterTenAttempts() throws Exception {
        receiver.close();
        submit("\"queue_seconds\":0,\"run_seconds\":0");
        for (int attempt = 1; attempt <= 10; attempt++) {
            int made = attempt;
            await().until(() -> emulator.webhookAttempts().size() == made);
            emulator.advance(Duration.ofMinutes(1));
        }
        emulator.advance(Duration.ofHours(1));
        await().during(Duration.ofMillis(200))
                .until(() -> emulator.webhookAttempts().size() == 10);
        assertThat(emulator.webhookAttempts())
                .allSatisfy(attempt -> assertThat(attempt.code()).isZero());
    }

    @Test
    void redirectIsNotFollowedAndNotRepeated() throws Exception {
        receiver.answer(302);
        submit("\"queue_seconds\":0,\"run_seconds\":0");
        next(0);
        emulator.advance(Duration.ofHours(1));
        await().during(Duration.ofMillis(200)).until(() -> receiver.received().size() == 1);
    }

    @Test
    void cancelledRequestIsReportedAtOnceAndNotAgainAtItsFormerEnd() throws Exception {
        String path = submit("\"queue_seconds\":0,\"run_seconds\":10");
        caller.put(path + "/cancel", "");
        assertThat(next(0).json().get("error").getAsString()).isEqualTo("Invalid status code: 499");
        emulator.advance(Duration.ofSeconds(10));
        await().during(Duration.ofMillis(200)).until(() -> receiver.received().size() == 1);
    }

    @Test
    void webhookOfAFinishedRequestCanBeSentAgain() throws Exception {
        emulator.register("fal-ai/flux-pro-trainer", "R", Scenario.ended(Outcome.success()), receiver.uri());
        next(0);
        emulator.sendWebhook("R", Notifying.Signature.BAD);
        assertThat(signed(next(1))).isFalse();
        emulator.register("a/b", "no-webhook", Scenario.ended(Outcome.success()));
        emulator.register("a/b", "not-over", Scenario.standard(), receiver.uri());
        for (String id : new String[] {"no-webhook", "not-over", "unknown"}) {
            assertThatThrownBy(() -> emulator.sendWebhook(id, Notifying.Signature.GOOD))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(id);
        }
    }

    private String submit(String fields) throws IOException {
        String hook = URLEncoder.encode(receiver.uri().toString(), StandardCharsets.UTF_8);
        String body = "{\"_emulator\":{" + fields + "}}";
        return PORTRAIT + "/requests/"
                + caller.post(PORTRAIT + "?fal_webhook=" + hook, body).text("request_id");
    }

    private Received next(int index) {
        await().until(() -> receiver.received().size() > index);
        return receiver.received().get(index);
    }

    private Received onlyOne() {
        Received webhook = next(0);
        assertThat(receiver.received()).hasSize(1);
        return webhook;
    }

    private boolean signed(Received webhook) throws IOException, GeneralSecurityException {
        return webhook.signedBy(jwks());
    }

    private JsonObject jwks() throws IOException {
        return caller.get("/.well-known/jwks.json").json();
    }
}
