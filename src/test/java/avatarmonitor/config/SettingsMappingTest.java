package avatarmonitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.alert.AlertConfig;
import avatarmonitor.avatar.TrainingType;
import avatarmonitor.check.CancelCause;
import avatarmonitor.fal.FalConfig;
import avatarmonitor.fal.FalKey;
import avatarmonitor.http.Proxy;
import avatarmonitor.logging.LogConfig;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.schedule.Listen;
import avatarmonitor.schedule.ScheduleConfig;
import avatarmonitor.web.HttpConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Every key, set by file and by environment, reaches the place where it is used. */
class SettingsMappingTest {
    @TempDir
    Path directory;

    /** @param besides additional lines that the key requires */
    record Mapping(
            String key, String text, Function<Settings, @Nullable Object> reached, Object value, String besides) {
        Mapping(String key, String text, Function<Settings, @Nullable Object> reached, Object value) {
            this(key, text, reached, value, "");
        }

        @Override
        public String toString() {
            return key;
        }
    }

    static final List<Mapping> MAPPINGS = List.of(
            new Mapping(
                    "db.url", "jdbc:postgresql://db:5432/app", s -> s.store().url(), "jdbc:postgresql://db:5432/app"),
            new Mapping("db.user", "monitor", s -> s.store().user(), "monitor"),
            new Mapping("db.password", "007", s -> s.store().password(), "007"),
            new Mapping("db.pool-size", "40", s -> s.store().poolSize(), 40),
            new Mapping("worker.name", "blue-1", s -> s.schedule().workerName(), "blue-1"),
            new Mapping("worker.concurrency", "7", s -> s.schedule().concurrency(), 7),
            new Mapping("worker.shutdown-timeout", "30s", s -> s.schedule().shutdownTimeout(), Duration.ofSeconds(30)),
            new Mapping("monitor.interval", "90s", s -> s.monitor().interval(), Duration.ofSeconds(90)),
            new Mapping("monitor.window", "2h", s -> s.monitor().window(), Duration.ofHours(2)),
            new Mapping("monitor.max-age", "2d", s -> s.monitor().maxAge(), Duration.ofDays(2)),
            new Mapping("monitor.max-failures-in-row", "5", s -> s.monitor().maxFailuresInRow(), 5),
            new Mapping("monitor.not-found-grace", "0s", s -> s.monitor().notFoundGrace(), Duration.ZERO),
            new Mapping(
                    "monitor.interval-with-hints", "4m", s -> s.monitor().intervalWithHints(), Duration.ofMinutes(4)),
            new Mapping("reconcile.interval", "30m", s -> s.reconcile().interval(), Duration.ofMinutes(30)),
            new Mapping("reconcile.retry-delay", "1m", s -> s.reconcile().retryDelay(), Duration.ofMinutes(1)),
            new Mapping("reconcile.scan-interval", "7s", s -> s.reconcile().scanInterval(), Duration.ofSeconds(7)),
            new Mapping(
                    "monitor.cancel-on",
                    "Stalled,gave_up",
                    s -> s.cancelOn(),
                    Set.of(CancelCause.GAVE_UP, CancelCause.STALLED)),
            new Mapping("start.listen", "Off", s -> s.listen(), Listen.OFF),
            new Mapping("reconcile.stalled-action", "Error", s -> s.reconcile().stalledAction(), StalledAction.ERROR),
            new Mapping(
                    "fal.base-url",
                    "http://127.0.0.1:8089/",
                    s -> s.fal().baseUrl(),
                    URI.create("http://127.0.0.1:8089")),
            new Mapping("fal.key", "id:secret", s -> authorization(s.fal().key()), "Key id:secret"),
            new Mapping("fal.timeout", "1500ms", s -> s.fal().timeout(), Duration.ofMillis(1500)),
            new Mapping("fal.requests-per-second", "9", s -> s.fal().requestsPerSecond(), 9),
            new Mapping("fal.history", "Off", s -> s.fal().history(), FalConfig.History.OFF),
            new Mapping(
                    "fal.history-url",
                    "http://127.0.0.1:8089/v1",
                    s -> s.fal().historyUrl(),
                    URI.create("http://127.0.0.1:8089/v1")),
            new Mapping(
                    "fal.endpoints.portrait",
                    "me/portraits",
                    s -> type(s, "portrait").endpoint(),
                    "me/portraits"),
            new Mapping(
                    "fal.endpoints.style",
                    "workflows/me/style",
                    s -> type(s, "style").endpoint(),
                    "workflows/me/style"),
            new Mapping(
                    "trainings.portrait.endpoint",
                    "fal-ai/flux-2-trainer/edit",
                    s -> type(s, "portrait").endpoint(),
                    "fal-ai/flux-2-trainer/edit"),
            new Mapping(
                    "trainings.portrait.outputs",
                    "[{finetune_id = id}]",
                    s -> type(s, "portrait").outputs().toString(),
                    "[Output[columns={finetune_id=id}]]"),
            new Mapping(
                    "trainings.portrait.check-model",
                    "Warn",
                    s -> type(s, "portrait").modelCheck(),
                    TrainingType.ModelCheck.WARN),
            new Mapping(
                    "trainings.style.endpoint",
                    "me/style",
                    s -> type(s, "style").endpoint(),
                    "me/style"),
            new Mapping(
                    "trainings.style.outputs",
                    "[{finetune_id = x.y}]",
                    s -> type(s, "style").outputs().toString(),
                    "[Output[columns={finetune_id=x.y}]]"),
            new Mapping(
                    "trainings.style.check-model",
                    "require",
                    s -> type(s, "style").modelCheck(),
                    TrainingType.ModelCheck.REQUIRE),
            new Mapping("cluster.check-in-interval", "5s", s -> s.schedule().checkInInterval(), Duration.ofSeconds(5)),
            new Mapping("cluster.firing", "Single", s -> s.schedule().firing(), ScheduleConfig.Firing.SINGLE),
            new Mapping("http.enabled", "false", s -> s.http().enabled(), false),
            new Mapping("http.host", "localhost", s -> s.http().host(), "localhost"),
            new Mapping("http.port", "9000", s -> s.http().port(), OptionalInt.of(9000)),
            new Mapping(
                    "http.token",
                    "correct-horse-battery",
                    s -> String.valueOf(s.http().tokens().configured()),
                    "***"),
            new Mapping("http.read-only", "TRUE", s -> s.http().readOnly(), true),
            new Mapping(
                    "http.token-for-reading",
                    "Always",
                    s -> s.http().tokenForReading(),
                    HttpConfig.TokenForReading.ALWAYS,
                    "http.token = 0123456789abcdef"),
            new Mapping("http.tokens-file", "tokens", s -> !s.http().tokens().isEmpty(), true),
            new Mapping(
                    "fal.proxy",
                    "http://127.0.0.1:3128",
                    s -> s.egress().fal().proxy(),
                    new Proxy("127.0.0.1", 3128, "", "")),
            new Mapping(
                    "http-client.ca-file",
                    Path.of("src/test/resources/authority.pem").toAbsolutePath().toString(),
                    s -> s.egress().others().authorities().size(),
                    1),
            new Mapping("webhook.enabled", "true", s -> s.webhook().enabled(), true),
            new Mapping(
                    "webhook.jwks-url",
                    "http://127.0.0.1:8089/.well-known/jwks.json",
                    s -> s.webhook().jwksUrl(),
                    URI.create("http://127.0.0.1:8089/.well-known/jwks.json")),
            new Mapping("history.retention", "90d", s -> s.reconcile().retention(), Duration.ofDays(90)),
            new Mapping("alerts.gather", "0s", s -> s.alerts().gather(), Duration.ZERO),
            new Mapping("alerts.reminder", "2h", s -> s.alerts().reminder(), Duration.ofHours(2)),
            new Mapping("alerts.timeout", "3s", s -> s.alerts().timeout(), Duration.ofSeconds(3)),
            new Mapping("alerts.give-up-after", "12h", s -> s.alerts().giveUpAfter(), Duration.ofHours(12)),
            new Mapping(
                    "alerts.webhook.url",
                    "https://hooks.example.com/a?b=c",
                    s -> s.alerts().webhook().url(),
                    URI.create("https://hooks.example.com/a?b=c")),
            new Mapping("alerts.webhook.secret", "s1", s -> s.alerts().webhook().secret(), "s1"),
            new Mapping(
                    "alerts.callback.url",
                    "http://127.0.0.1:8000/ended",
                    s -> s.alerts().callback().url(),
                    URI.create("http://127.0.0.1:8000/ended"),
                    "alerts.callback.secret = s2"),
            new Mapping(
                    "alerts.callback.secret", "s2", s -> s.alerts().callback().secret(), "s2"),
            new Mapping(
                    "alerts.callback.concurrency",
                    "16",
                    s -> s.alerts().callback().concurrency(),
                    16),
            new Mapping("alerts.callback.unfinished", "true", s -> s.alerts().unfinished(), true),
            new Mapping(
                    "alerts.email.to",
                    "a@example.com, b@example.com",
                    s -> s.alerts().email().to(),
                    List.of("a@example.com", "b@example.com"),
                    "alerts.email { from = \"c@example.com\", host = mail }"),
            new Mapping(
                    "alerts.email.from",
                    "c@example.com",
                    s -> s.alerts().email().from(),
                    "c@example.com"),
            new Mapping(
                    "alerts.email.host",
                    "mail.example.com",
                    s -> s.alerts().email().host(),
                    "mail.example.com"),
            new Mapping("alerts.email.port", "465", s -> s.alerts().email().port(), 465),
            new Mapping(
                    "alerts.email.user", "me", s -> s.alerts().email().user(), "me", "alerts.email.password = secret"),
            new Mapping("alerts.email.password", "pw", s -> s.alerts().email().password(), "pw"),
            new Mapping("alerts.email.tls", "tls", s -> s.alerts().email().tls(), AlertConfig.Tls.TLS),
            new Mapping("log.format", "json", s -> s.log().format(), LogConfig.Format.JSON),
            new Mapping("log.level", "debug", s -> s.log().level(), LogConfig.Level.DEBUG));

    private static TrainingType type(Settings settings, String name) {
        return settings.trainings().find(name).orElseThrow();
    }

    @BeforeEach
    void writeTokens() throws Exception {
        Path tokens = Files.writeString(directory.resolve("tokens"), "alice read 0123456789abcdef");
        Files.setPosixFilePermissions(tokens, PosixFilePermissions.fromString("rw-------"));
    }

    @ParameterizedTest
    @FieldSource("MAPPINGS")
    void keyOfFileReachesItsPlace(Mapping mapping) {
        Settings settings = new ConfigFixture(directory)
                .file(mapping.key() + " = \"" + mapping.text() + "\"\n" + mapping.besides())
                .load();

        assertThat(mapping.reached().apply(settings)).isEqualTo(mapping.value());
    }

    @ParameterizedTest
    @FieldSource("MAPPINGS")
    void variableReachesItsPlace(Mapping mapping) {
        Settings settings = new ConfigFixture(directory)
                .file(mapping.besides())
                .variable(ShippedKeys.variable(mapping.key()), mapping.text())
                .load();

        assertThat(mapping.reached().apply(settings)).isEqualTo(mapping.value());
    }

    @Test
    void everyShippedKeyIsAmongTheseTests() {
        List<String> shipped = ShippedKeys.load().names();

        assertThat(MAPPINGS).extracting(Mapping::key).containsExactlyInAnyOrderElementsOf(shipped);
        assertThat(shipped).extracting(ShippedKeys::variable).doesNotHaveDuplicates();
    }

    @Test
    void unquotedValuesOfFileAreTakenAsWritten() {
        Settings settings = new ConfigFixture(directory)
                .file("db.password = 007", "monitor { interval = 90 s }", "worker.concurrency = 9")
                .load();

        assertThat(settings.store().password()).isEqualTo("007");
        assertThat(settings.monitor().interval()).isEqualTo(Duration.ofSeconds(90));
        assertThat(settings.schedule().concurrency()).isEqualTo(9);
    }

    @Test
    void fileMayReferToVariablesAndToItself() {
        Settings settings = new ConfigFixture(directory)
                .variable("DB.PASS", "not a path")
                .fileNamed(
                        "vars.conf",
                        "db.password = ${\"DB.PASS\"}\ndb.user = ${?NOT_THERE}\nworker.name = ${db.pool-size}\ndb.pool-size = 20")
                .load();

        assertThat(settings.store().password()).isEqualTo("not a path");
        assertThat(settings.store().user()).isEmpty();
        assertThat(settings.schedule().workerName()).isEqualTo("20");
    }

    @Test
    void falKeyComesFromTheVariablesOfFalsOwnClients() {
        assertThat(key(new ConfigFixture(directory).variable("FAL_KEY", "id:secret")))
                .isEqualTo("Key id:secret");
        assertThat(key(new ConfigFixture(directory).variable("FAL_KEY_ID", "id").variable("FAL_KEY_SECRET", "secret")))
                .isEqualTo("Key id:secret");
        assertThat(key(new ConfigFixture(directory).file("fal.key = from-file").variable("FAL_KEY", "id:secret")))
                .isEqualTo("Key id:secret");
        assertThat(key(new ConfigFixture(directory).file("fal.key = from-file").variable("FAL_KEY", "")))
                .isEqualTo("Key from-file");
    }

    @Test
    void workerWithoutNameIsCalledLikeItsHost() {
        assertThat(HostName.of(Map.of("HOSTNAME", "pod 7/ü"))).isEqualTo("pod-7--");
        assertThat(HostName.of(Map.of())).isNotBlank().matches("[A-Za-z0-9._-]{1,64}");
    }

    private static @Nullable Object key(ConfigFixture config) {
        return authorization(config.load().fal().key());
    }

    private static @Nullable Object authorization(@Nullable FalKey key) {
        return key == null ? null : key.authorization();
    }
}
