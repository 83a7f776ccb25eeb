package avatarmonitor.app;

import static avatarmonitor.testing.Latches.awaitLatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.WebhookAttempt;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Notifying.Signature;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.fal.webhook.WebhookConfig;
import avatarmonitor.fal.webhook.WebhookVerifier;
import avatarmonitor.hint.EarlyChecks;
import avatarmonitor.hint.HintSource;
import avatarmonitor.hint.Hints;
import avatarmonitor.http.Egress;
import avatarmonitor.observe.Load;
import avatarmonitor.observe.Meters;
import avatarmonitor.store.Database;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.CapturedLog;
import avatarmonitor.testing.NoActions;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.Types;
import avatarmonitor.web.HttpConfig;
import avatarmonitor.web.HttpConfig.TokenForReading;
import avatarmonitor.web.HttpService;
import avatarmonitor.web.access.TokenBook;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Webhooks from the emulator over real HTTP: only a valid one causes a check of its avatar. */
class FalWebhooksTest {
    private static final String ENDPOINT = "fal-ai/flux-lora-portrait-trainer";
    private static final Duration ARRIVAL_MAX = Duration.ofSeconds(60);

    private final TestDatabase.Fresh database = TestDatabase.H2.fresh();
    private final Avatars avatars = new Avatars(database.database());
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local());
    private final List<AvatarId> checked = new CopyOnWriteArrayList<>();
    private final List<FalRequestId> forgotten = new CopyOnWriteArrayList<>();

    /** What was forgotten when each check began. */
    private final List<List<FalRequestId>> forgottenBefore = new CopyOnWriteArrayList<>();

    private final CountDownLatch let = new CountDownLatch(1);
    private final HttpClient client = HttpClient.newHttpClient();

    @AutoClose
    private final CapturedLog log = new CapturedLog(FalWebhooks.class);

    private volatile Duration ahead = Duration.ZERO;
    private final Meters meters = new Meters();
    private final EarlyChecks checks = new EarlyChecks(
            database.database(),
            AvatarStore.read(database.database(), Types.SHIPPED),
            forgotten::add,
            this::check,
            new Hints(database.database(), meters, InstantSource.system()),
            "worker-1",
            1);
    private final FalWebhooks webhooks = webhooks(database.database());
    private final HttpService http = http(database.database());

    FalWebhooksTest() {
        http.start();
    }

    private FalWebhooks webhooks(Database open) {
        URI jwks = fal.baseUri().resolve("/.well-known/jwks.json");
        InstantSource clock = () -> InstantSource.system().instant().plus(ahead);
        return new FalWebhooks(WebhookVerifier.open(new WebhookConfig(true, jwks), Egress.DIRECT, clock), open, checks);
    }

    private StatusCheck.Result check(AvatarId id) {
        forgottenBefore.add(List.copyOf(forgotten));
        checked.add(id);
        awaitLatch(let);
        return new StatusCheck.Result(CheckOutcome.STILL_TRAINING, null, null, false);
    }

    private HttpService http(Database open) {
        return HttpService.bind(
                new HttpConfig(true, "127.0.0.1", OptionalInt.of(0), true, TokenForReading.AUTO, TokenBook.EMPTY),
                new HttpService.Parts(
                        open,
                        () -> AvatarSchema.read(open),
                        InstantSource.system(),
                        new NoActions(),
                        Optional::empty,
                        meters,
                        new Load(),
                        webhooks,
                        "worker-1",
                        "1"));
    }

    @AfterEach
    void close() throws InterruptedException {
        let.countDown();
        webhooks.stop();
        checks.stop();
        http.stop(Duration.ofSeconds(5));
        checks.awaitEnd(Duration.ofSeconds(5));
        fal.close();
        meters.close();
        database.close();
    }

    @Test
    void genuineOneMeansACheckOfItsAvatarThoughNothingMayBeChangedOverHttp() {
        let.countDown();
        AvatarId id = avatars.training("PORTRAIT", "r-1", Instant.parse("2026-11-23T08:00:00Z"));

        end("r-1");

        await().atMost(ARRIVAL_MAX).until(() -> checked.equals(List.of(id)));
        awaitAttempts(1);
        assertThat(codes()).containsExactly(200);
        // A cached answer is older than the webhook.
        assertThat(forgottenBefore).containsExactly(List.of(new FalRequestId("r-1")));
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");
    }

    @Test
    void forgedStaleAndUnsignedOnesMeanNothing() {
        avatars.training("PORTRAIT", "r-1", Instant.parse("2026-11-23T08:00:00Z"));
        endWith("r-1", Signature.MISSING);
        awaitAttempts(1);
        fal.sendWebhook("r-1", Signature.BAD);
        awaitAttempts(2);
        fal.sendWebhook("r-1", Signature.STALE);

        awaitAttempts(3);
        assertThat(codes()).containsOnly(401);
        assertThat(checked).isEmpty();
    }

    @Test
    void oneForATrainingThatIsOverIsTakenAndIgnored() {
        avatars.insert("PORTRAIT", "COMPLETED", "r-1", Instant.parse("2026-11-23T08:00:00Z"));
        end("r-1");

        awaitAttempts(1);
        assertThat(codes()).containsExactly(200);
        assertThat(checked).isEmpty();
    }

    @Test
    void oneThatComesBeforeItsRowIsSentAgainByFalAndFindsIt() {
        let.countDown();
        end("r-1");
        awaitAttempts(1);
        assertThat(codes()).containsExactly(404);
        assertThat(checked).isEmpty();

        AvatarId id = avatars.training("PORTRAIT", "r-1", Instant.parse("2026-11-23T08:00:00Z"));
        fal.advance(Duration.ofMinutes(1));

        await().atMost(ARRIVAL_MAX).until(() -> checked.equals(List.of(id)));
        awaitAttempts(2);
        assertThat(codes()).containsExactly(404, 200);
    }

    @Test
    void signatureIsVerifiedBeforeTheRequestIsLookedUp() {
        endWith("r-unknown", Signature.BAD);
        awaitAttempts(1);
        assertThat(codes()).containsOnly(401);
    }

    @Test
    void whileTheDatabaseIsAwayItIsSentAgain() {
        let.countDown();
        AvatarId id = avatars.training("PORTRAIT", "r-1", Instant.parse("2026-11-23T08:00:00Z"));
        avatars.run("ALTER TABLE avatars RENAME TO hidden");
        end("r-1");
        awaitAttempts(1);
        assertThat(codes()).containsOnly(503);

        avatars.run("ALTER TABLE hidden RENAME TO avatars");
        fal.advance(Duration.ofMinutes(1));
        await().atMost(ARRIVAL_MAX).until(() -> checked.equals(List.of(id)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Request-Id", "User-Id", "Timestamp", "Signature"})
    void withoutOneOfItsHeadersItIsRefused(String missing) throws Exception {
        avatars.training("PORTRAIT", "r-1", Instant.parse("2026-11-23T08:00:00Z"));
        assertThat(post(missing, "{\"request_id\":\"r-1\"}")).isEqualTo(401);
        assertThat(checked).isEmpty();
    }

    @Test
    void aThousandForgeriesAskFalForKeysOnceAndReadNoRow() throws Exception {
        avatars.training("PORTRAIT", "r-1", Instant.parse("2026-11-23T08:00:00Z"));
        avatars.run("ALTER TABLE avatars RENAME TO hidden");
        for (int i = 0; i < 1_000; i++) {
            assertThat(post("", "{\"request_id\":\"r-1\",\"number\":" + i + "}"))
                    .isEqualTo(401);
        }
        avatars.run("ALTER TABLE hidden RENAME TO avatars");

        assertThat(checked).isEmpty();
        assertThat(fal.calls(Op.JWKS)).hasSize(1);
        assertThat(log.startingWith("WARN webhook refused")).hasSize(1);
        let.countDown();
        end("r-1");
        await().atMost(ARRIVAL_MAX).until(() -> checked.size() == 1);
    }

    /** Posts a webhook that fal did not sign, without one of the headers; returns the status code. */
    private int post(String missing, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(http.url() + "/webhooks/fal"));
        Map.of(
                        "Request-Id",
                        "r-1",
                        "User-Id",
                        "github|1",
                        "Timestamp",
                        Long.toString(InstantSource.system().instant().getEpochSecond()),
                        "Signature",
                        "0".repeat(128))
                .forEach((name, value) -> {
                    if (!name.equals(missing)) {
                        request.header("X-Fal-Webhook-" + name, value);
                    }
                });
        return client.send(request.POST(BodyPublishers.ofString(body)).build(), BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void copiesThatComeWhileOneWaitsMeanOneCheck() {
        AvatarId first = avatars.training("PORTRAIT", "r-1", Instant.parse("2026-11-23T08:00:00Z"));
        AvatarId second = avatars.training("PORTRAIT", "r-2", Instant.parse("2026-11-23T08:00:00Z"));
        end("r-1");
        await().atMost(ARRIVAL_MAX).until(() -> checked.equals(List.of(first)));
        end("r-2");
        awaitAttempts(2);
        for (int copies = 0; copies < 5; copies++) {
            fal.sendWebhook("r-2", Signature.GOOD);
        }
        awaitAttempts(7);

        let.countDown();

        await().atMost(ARRIVAL_MAX).until(() -> checked.size() == 2);
        assertThat(codes()).containsOnly(200);
        assertThat(checked).containsExactly(first, second);
    }

    @Test
    void keptHintsAreLeftToOtherWorkersWhileEightChecksWait() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", Instant.parse("2026-11-23T08:00:00Z"));
        assertThat(checks.check(new FalRequestId("r-1"), HintSource.WEBHOOK)).isTrue();
        await().atMost(ARRIVAL_MAX).until(() -> checked.equals(List.of(id)));
        for (int i = 0; i < 8; i++) {
            assertThat(checks.check(new FalRequestId("waiting-" + i), HintSource.WEBHOOK))
                    .isTrue();
        }
        avatars.run(
                "INSERT INTO avatar_monitor_kept_hint (fal_request_id, avatar_id, source, kept_at)"
                        + " VALUES ('kept', ?, 'webhook', current_timestamp)",
                id.value());
        checks.checkKept();
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_kept_hint WHERE taken_at IS NULL"))
                .isEqualTo(1);

        let.countDown();
        await().atMost(ARRIVAL_MAX).until(checks::isIdle);
        checks.checkKept();
        await().atMost(ARRIVAL_MAX).until(checks::isIdle);
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_kept_hint"))
                .isZero();
    }

    @Test
    void hintsThatWaitAtAStopAreKeptForOtherWorkers() throws InterruptedException {
        AvatarId id = avatars.training("PORTRAIT", "r-1", Instant.parse("2026-11-23T08:00:00Z"));
        avatars.training("PORTRAIT", "r-2", Instant.parse("2026-11-23T08:00:00Z"));
        assertThat(checks.check(new FalRequestId("r-1"), HintSource.WEBHOOK)).isTrue();
        await().atMost(ARRIVAL_MAX).until(() -> checked.equals(List.of(id)));
        for (String waiting : List.of("r-2", "unknown")) {
            assertThat(checks.check(new FalRequestId(waiting), HintSource.WEBHOOK))
                    .isTrue();
        }
        checks.stop();
        let.countDown();
        checks.awaitEnd(ARRIVAL_MAX);

        assertThat(checked).containsExactly(id);
        assertThat(avatars.rows("SELECT fal_request_id FROM avatar_monitor_kept_hint"))
                .containsExactly(Map.of("fal_request_id", "r-2"));
    }

    @Test
    void keyThatFalChangedIsTakenWithinAMinute() {
        let.countDown();
        AvatarId id = avatars.training("PORTRAIT", "r-1", Instant.parse("2026-11-23T08:00:00Z"));
        end("r-1");
        await().atMost(ARRIVAL_MAX).until(() -> checked.size() == 1);
        fal.rotateSigningKey(false);
        ahead = Duration.ofMinutes(1);

        fal.sendWebhook("r-1", Signature.GOOD);

        await().atMost(ARRIVAL_MAX).until(() -> checked.equals(List.of(id, id)));
        assertThat(codes()).containsOnly(200);
    }

    private void end(String request) {
        endWith(request, Signature.GOOD);
    }

    private void endWith(String request, Signature signature) {
        Scenario ended = Scenario.ended(Outcome.success());
        Scenario scenario = ended.withNotifying(ended.notifying().withSignature(signature));
        fal.register(ENDPOINT, request, scenario, URI.create(http.url() + "/webhooks/fal"));
    }

    private void awaitAttempts(int least) {
        await().atMost(ARRIVAL_MAX).until(() -> fal.webhookAttempts().size() >= least);
    }

    private List<Integer> codes() {
        return fal.webhookAttempts().stream().map(WebhookAttempt::code).toList();
    }
}
