package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.config.Settings;
import avatarmonitor.config.SettingsLoader;
import avatarmonitor.emulator.Effect;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.Fault;
import avatarmonitor.emulator.Scenario;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole worker as it is wired, in this process. */
class WorkerTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration STOP = Duration.ofSeconds(10);

    @TempDir
    private Path directory = Path.of(".");

    @AutoClose
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local());

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    private volatile Duration ahead = Duration.ZERO;
    private final InstantSource clock = () -> InstantSource.system().instant().plus(ahead);

    private Settings settings(String... variables) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "AVATAR_MONITOR_DB_URL", fresh.config().url(),
                "AVATAR_MONITOR_FAL_BASE_URL", fal.baseUri().toString(),
                "AVATAR_MONITOR_MONITOR_INTERVAL", "1s",
                "AVATAR_MONITOR_FAL_TIMEOUT", "1s",
                "AVATAR_MONITOR_HTTP_ENABLED", "false",
                "FAL_KEY", "id:secret"));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return new SettingsLoader(environment, directory, "w").load(Optional.empty());
    }

    private List<String> eventsOfFal() {
        return Sql.rows(fresh.database(), "SELECT type FROM avatar_event WHERE type LIKE 'fal_%' ORDER BY id");
    }

    @Test
    void pauseIsToldToBeOverByAWorkerThatHasNothingMoreToAsk() throws Exception {
        fal.register("fal-ai/flux-lora-portrait-trainer", "req-1", Scenario.standard());
        fal.inject(Fault.rateLimited(Duration.ofSeconds(30), Effect.RetryAfter.SECONDS));
        AvatarId id = new Avatars(fresh.database())
                .training("PORTRAIT", "req-1", clock.instant().minusSeconds(300));
        Worker worker = Worker.start(settings(), clock, () -> {});
        await().atMost(SOON).until(() -> eventsOfFal().equals(List.of("fal_paused")));

        Sql.run(fresh.database(), "DELETE FROM avatars WHERE id = '" + id + "'");
        ahead = Duration.ofMinutes(2);

        await().atMost(SOON).until(() -> eventsOfFal().equals(List.of("fal_paused", "fal_resumed")));
        assertThat(worker.stop(STOP)).isTrue();
    }
}
