package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.MonitoringStore;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.ModelRules;
import avatarmonitor.check.decision.MonitorConfig;
import avatarmonitor.check.decision.Rules;
import avatarmonitor.fal.FalClient;
import avatarmonitor.fal.FalConfig;
import avatarmonitor.fal.FalFixture;
import avatarmonitor.fal.FalKey;
import avatarmonitor.http.Egress;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.LocalRateLimit;
import avatarmonitor.testing.NoEndpoints;
import avatarmonitor.testing.NoPauses;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestEvents;
import avatarmonitor.testing.TestRules;
import avatarmonitor.testing.Types;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Thousands of random answers: no check fails unexpectedly, and only a model that fal returned ends as COMPLETED. */
final class RandomFalTest {
    private static final int ANSWERS = 3_000;
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    /** Longer than any pause after a refusal and than any cache lifetime. */
    private static final Duration BETWEEN_CHECKS = Duration.ofMinutes(16);

    /** Maximum of checks of a training that does not end. */
    private static final int CHECKS_MAX = 12;

    private Instant now = START;

    @AfterEach
    void logAgain() {
        ((Logger) LoggerFactory.getLogger("avatarmonitor")).setLevel(null);
    }

    @Test
    void noAnswerBreaksACheckAndOnlyAReturnedModelCompletes() throws Exception {
        // Suppresses thousands of warnings.
        ((Logger) LoggerFactory.getLogger("avatarmonitor")).setLevel(Level.OFF);
        long seed = new Random().nextLong();
        System.out.println("RandomFalTest seed=" + seed);
        Map<CheckOutcome, Integer> outcomes = new EnumMap<>(CheckOutcome.class);
        try (RandomFal server = new RandomFal(new Random(seed));
                TestDatabase.Fresh fresh = TestDatabase.H2.fresh();
                FalClient fal = FalClient.open(
                        config(server),
                        Egress.DIRECT,
                        2,
                        LocalRateLimit.alone(1_000_000),
                        () -> now,
                        NoPauses.LISTENER,
                        NoEndpoints.LISTENER)) {
            Avatars avatars = new Avatars(fresh.database());
            StatusCheck check = check(fresh.database(), fal);
            for (int training = 0; server.answers() < ANSWERS; training++) {
                String type = training % 2 == 0 ? "PORTRAIT" : "STYLE";
                AvatarId id = avatars.training(type, UUID.randomUUID().toString(), now);
                String request = String.valueOf(avatars.row(id).get("fal_request_id"));
                fresh.database().inTransaction(connection -> MonitoringStore.begin(connection, id, request, now, now));
                CheckOutcome outcome = CheckOutcome.STILL_TRAINING;
                for (int i = 0; i < CHECKS_MAX && outcome.keepsMonitoring(); i++) {
                    now = now.plus(BETWEEN_CHECKS);
                    outcome = check.check(id, false);
                    outcomes.merge(outcome, 1, Integer::sum);
                    assertEndIsAsReturned(type, avatars.row(id), server.lastResult(), "seed " + seed);
                }
            }
        }
        System.out.println("RandomFalTest outcomes=" + outcomes);
        assertThat(outcomes)
                .as("every kind of end was seen, or this test proves little")
                .containsKeys(
                        CheckOutcome.COMPLETED,
                        CheckOutcome.FAILED,
                        CheckOutcome.CANCELLED,
                        CheckOutcome.STILL_TRAINING)
                .doesNotContainKeys(CheckOutcome.INVALID, CheckOutcome.NOT_TRAINING, CheckOutcome.OVERTAKEN);
    }

    /** Verified independently of the product: the body as sent, and the content of the columns. */
    private static void assertEndIsAsReturned(
            String type, Map<String, @Nullable String> row, RandomFal.Sent result, String what) {
        @Nullable String lora = row.get("diffusers_lora_file_url");
        @Nullable String config = row.get("config_file_url");
        @Nullable String finetune = row.get("finetune_id");
        if (!"COMPLETED".equals(row.get("status"))) {
            assertThat(new @Nullable String[] {lora, config, finetune}).as(what).containsOnlyNulls();
            return;
        }
        assertThat(result.code()).as(what).isEqualTo(200);
        JsonObject body = JsonParser.parseString(result.body()).getAsJsonObject();
        if (finetune != null) {
            assertThat(type).as(what).isEqualTo("STYLE");
            assertThat(finetune)
                    .as(what)
                    .isNotBlank()
                    .isEqualTo(body.get("finetune_id").getAsString());
            assertThat(new @Nullable String[] {lora, config}).as(what).containsOnlyNulls();
        } else {
            String file = body.has("diffusers_lora_file") ? "diffusers_lora_file" : "lora_file";
            assertThat(lora).as(what).startsWithIgnoringCase("http").isEqualTo(url(body, file));
            assertThat(config).as(what).startsWithIgnoringCase("http").isEqualTo(url(body, "config_file"));
        }
    }

    private static String url(JsonObject body, String field) {
        return body.getAsJsonObject(field).get("url").getAsString();
    }

    private static FalConfig config(RandomFal server) {
        return FalFixture.config(server.url(), new FalKey("id:secret"), Duration.ofSeconds(5), 1_000_000);
    }

    private StatusCheck check(Database database, FalClient fal) {
        MonitorConfig monitor = new MonitorConfig(
                Duration.ofMinutes(1),
                Duration.ofMinutes(1),
                Duration.ofHours(1),
                Duration.ofHours(24),
                8,
                Duration.ofMinutes(30));
        Rules rules = Rules.of(
                monitor,
                Types.at("fal-ai/a", "fal-ai/b"),
                new ModelRules(Types.lengths(500, 255), true),
                type -> List.of(),
                TestRules.steady(Duration.ofMinutes(1)));
        return new StatusCheck(
                database,
                AvatarStore.read(database, Types.SHIPPED),
                TestEvents.writer(database, () -> now, "worker"),
                fal,
                rules,
                monitor.window(),
                () -> now);
    }
}
