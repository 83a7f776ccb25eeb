package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.Notifying.Signature;
import avatarmonitor.emulator.Outcome;
import avatarmonitor.emulator.Scenario;
import avatarmonitor.emulator.WebhookAttempt;
import avatarmonitor.fal.WebhookConfig;
import avatarmonitor.fal.WebhookVerifier;
import avatarmonitor.http.Egress;
import avatarmonitor.observe.Load;
import avatarmonitor.observe.Meters;
import avatarmonitor.store.AvatarSchema;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.NoActions;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.Types;
import avatarmonitor.web.HttpConfig;
import avatarmonitor.web.HttpConfig.TokenForReading;
import avatarmonitor.web.HttpService;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Webhooks from the emulator over real HTTP: only a valid one causes a check of its avatar. */
class FalWebhooksTest {
    private static final String ENDPOINT = "fal-ai/flux-lora-portrait-trainer";
    private static final Duration ARRIVAL_MAX = Duration.ofSeconds(20);

    private final TestDatabase.Fresh database = TestDatabase.H2.fresh();
    private final Avatars avatars = new Avatars(database.database());
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local());
    private final List<AvatarId> checked = new CopyOnWriteArrayList<>();
    private final CountDownLatch let = new CountDownLatch(1);
    private volatile Duration ahead = Duration.ZERO;
    private final Meters meters = new Meters();
    private final FalWebhooks webhooks = webhooks(database.database());
    private final HttpService http = http(database.database());

    FalWebhooksTest() {
        http.start();
    }

    private FalWebhooks webhooks(Database open) {
        URI jwks = fal.baseUri().resolve("/.well-known/jwks.json");
        InstantSource clock = () -> InstantSource.system().instant().plus(ahead);
        return new FalWebhooks(
                WebhookVerifier.open(new WebhookConfig(true, jwks), Egress.DIRECT, clock),
                open,
                AvatarStore.read(open, Types.SHIPPED),
                this::check,
                "worker-1");
    }

    private void check(AvatarId id) {
        checked.add(id);
        try {
            assertThat(let.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private HttpService http(Database open) {
        return HttpService.bind(
                new HttpConfig(true, "127.0.0.1", OptionalInt.of(0), null, true, TokenForReading.AUTO, null),
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
        http.stop(Duration.ofSeconds(5));
        webhooks.awaitEnd(Duration.ofSeconds(5));
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
        assertThat(codes()).containsExactly(200);
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
    void oneForNobodyIsTakenAndIgnored() {
        avatars.insert("PORTRAIT", "COMPLETED", "r-1", Instant.parse("2026-11-23T08:00:00Z"));
        end("r-1");
        awaitAttempts(1);
        end("r-2");

        awaitAttempts(2);
        assertThat(codes()).containsExactly(200, 200);
        assertThat(checked).isEmpty();
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
