package avatarmonitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.alert.AlertConfig;
import avatarmonitor.avatar.OutputPath;
import avatarmonitor.avatar.TrainingType;
import avatarmonitor.avatar.TrainingType.Output;
import avatarmonitor.check.decision.MonitorConfig;
import avatarmonitor.fal.FalConfig;
import avatarmonitor.fal.webhook.WebhookConfig;
import avatarmonitor.logging.LogConfig;
import avatarmonitor.reconcile.ReconcileConfig;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.schedule.ScheduleConfig;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.web.HttpConfig;
import avatarmonitor.web.HttpConfig.TokenForReading;
import avatarmonitor.web.access.TokenBook;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fixes the defaults, on which operators rely without configuring them. */
class SettingsDefaultsTest {
    private static final Output DIFFUSERS =
            output("diffusers_lora_file_url", "diffusers_lora_file.url", "config_file_url", "config_file.url");
    private static final Output LORA =
            output("diffusers_lora_file_url", "lora_file.url", "config_file_url", "config_file.url");

    @TempDir
    Path directory;

    private static Output output(String... columnsAndPaths) {
        Map<String, OutputPath> columns = new LinkedHashMap<>();
        for (int i = 0; i < columnsAndPaths.length; i += 2) {
            columns.put(
                    columnsAndPaths[i], OutputPath.parse(columnsAndPaths[i + 1]).orElseThrow());
        }
        return new Output(columns);
    }

    @Test
    void everyDefaultIsPinned() {
        Settings settings = new ConfigFixture(directory).load();

        assertThat(settings.store()).isEqualTo(new StoreConfig("jdbc:h2:file:./data/avatar-monitor", "", "", 16));
        assertThat(settings.schedule())
                .isEqualTo(new ScheduleConfig(
                        "this-host", 10, Duration.ofSeconds(15), Duration.ofSeconds(2), ScheduleConfig.Firing.BATCH));
        assertThat(settings.monitor())
                .isEqualTo(new MonitorConfig(
                        Duration.ofSeconds(60),
                        Duration.ofMinutes(10),
                        Duration.ofHours(1),
                        Duration.ofHours(24),
                        20,
                        Duration.ofMinutes(10)));
        assertThat(settings.reconcile())
                .isEqualTo(new ReconcileConfig(
                        Duration.ofHours(1),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(60),
                        StalledAction.NONE,
                        Duration.ofDays(30)));
        assertThat(settings.fal())
                .isEqualTo(new FalConfig(
                        URI.create("https://queue.fal.run"),
                        null,
                        Duration.ofSeconds(20),
                        5,
                        FalConfig.History.AUTO,
                        URI.create("https://api.fal.ai/v1")));
        assertThat(settings.trainings().all())
                .containsExactly(
                        new TrainingType(
                                "portrait",
                                "fal-ai/flux-lora-portrait-trainer",
                                List.of(DIFFUSERS, LORA),
                                TrainingType.ModelCheck.OFF),
                        new TrainingType(
                                "style",
                                "fal-ai/flux-lora-fast-training",
                                List.of(DIFFUSERS, LORA, output("finetune_id", "finetune_id")),
                                TrainingType.ModelCheck.OFF));
        assertThat(settings.http())
                .isEqualTo(new HttpConfig(
                        true, "127.0.0.1", OptionalInt.empty(), false, TokenForReading.AUTO, TokenBook.EMPTY));
        assertThat(settings.webhook())
                .isEqualTo(new WebhookConfig(false, URI.create("https://rest.fal.ai/.well-known/jwks.json")));
        assertThat(settings.alerts())
                .isEqualTo(new AlertConfig(
                        Duration.ofSeconds(10),
                        Duration.ofHours(1),
                        Duration.ofSeconds(10),
                        Duration.ofHours(24),
                        new AlertConfig.Receiver(null, "", 1),
                        new AlertConfig.Receiver(null, "", 8),
                        false,
                        new AlertConfig.Email(List.of(), "", "", 587, "", "", AlertConfig.Tls.STARTTLS)));
        assertThat(settings.log()).isEqualTo(new LogConfig(LogConfig.Format.TEXT, LogConfig.Level.INFO));
    }

    @Test
    void shippedFileUsedAsItIsChangesNothing() throws Exception {
        String shipped = Files.readString(Path.of("config/avatar-monitor.conf"));

        Settings settings =
                new ConfigFixture(directory).fileNamed("copy.conf", shipped).load();

        Settings defaults = new ConfigFixture(directory).load();
        assertThat(settings)
                .usingRecursiveComparison()
                .ignoringFields("effective")
                .isEqualTo(defaults);
    }

    @Test
    void fileInWorkingDirectoryIsUsedWhenNoneIsNamed() throws Exception {
        Files.createDirectories(directory.resolve("config"));
        Files.writeString(directory.resolve("config/avatar-monitor.conf"), "worker.concurrency = 3");

        assertThat(new ConfigFixture(directory).load().schedule().concurrency()).isEqualTo(3);
        assertThat(new ConfigFixture(directory)
                        .file("worker.concurrency = 4")
                        .load()
                        .schedule()
                        .concurrency())
                .isEqualTo(4);
    }

    @Test
    void environmentWinsOverFileAndFileOverDefault() {
        ConfigFixture config = new ConfigFixture(directory).file("fal.timeout = 11s", "fal.requests-per-second = 3");
        config.variable("AVATAR_MONITOR_FAL_TIMEOUT", "12s");

        Settings settings = config.load();

        assertThat(settings.fal().timeout()).isEqualTo(Duration.ofSeconds(12));
        assertThat(settings.fal().requestsPerSecond()).isEqualTo(3);
        assertThat(settings.effective())
                .contains(
                        new Setting("fal.timeout", "\"12s\"", "environment variable AVATAR_MONITOR_FAL_TIMEOUT"),
                        new Setting("fal.requests-per-second", "\"3\"", directory.resolve("test.conf") + ":2"),
                        new Setting("monitor.interval", "\"60s\"", "default"));
    }
}
