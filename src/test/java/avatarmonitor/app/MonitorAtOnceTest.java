package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.config.Settings;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.event.Actor;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A worker that sleeps, with an interval of an hour, and another process that starts monitoring: what is checked was
 * seen by the worker and was due at once.
 */
@ParameterizedClass
@CsvSource({"H2, single", "POSTGRESQL_15, single", "POSTGRESQL_18, batch"})
final class MonitorAtOnceTest {
    private static final String PORTRAIT = "fal-ai/flux-lora-portrait-trainer";
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory = Path.of(".");

    @AutoClose
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local());

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final String firing;

    MonitorAtOnceTest(TestDatabase kind, String firing) {
        fresh = kind.fresh();
        this.firing = firing;
    }

    private Settings settings() {
        return LocalSettings.load(
                fresh,
                directory,
                "AVATAR_MONITOR_FAL_BASE_URL",
                fal.baseUri().toString(),
                "AVATAR_MONITOR_MONITOR_INTERVAL",
                "1h",
                "AVATAR_MONITOR_RECONCILE_SCAN_INTERVAL",
                "1h",
                "AVATAR_MONITOR_CLUSTER_FIRING",
                firing,
                "AVATAR_MONITOR_HTTP_ENABLED",
                "false");
    }

    @Test
    void avatarThatACommandMonitorsIsCheckedAtOnceByAWorkerThatSleeps() throws Exception {
        Worker worker = Worker.start(settings(), InstantSource.system(), () -> {});
        try (Monitor command = Monitor.openExisting(settings(), InstantSource.system())) {
            // The search at the start of the worker must not be what finds it.
            await().atMost(SOON)
                    .until(() -> new Avatars(fresh.database())
                                    .count("SELECT count(*) FROM avatar_monitor_reconcile WHERE at IS NOT NULL")
                            == 1);
            // On PostgreSQL the worker searches once more when it listens for starts, which may find the first avatar.
            String request = "req-1";
            if (!(monitor(command, request) instanceof Monitored.Started)) {
                request = "req-2";
                assertThat(monitor(command, request)).isInstanceOf(Monitored.Started.class);
            }
            String started = request;
            await().atMost(SOON)
                    .until(() -> fal.calls(Op.STATUS).stream().anyMatch(call -> started.equals(call.requestId())));
        } finally {
            worker.stop(Duration.ofSeconds(10));
        }
    }

    /** Inserts a training, and monitors it by a command. */
    private Monitored monitor(Monitor command, String request) {
        fal.register(PORTRAIT, request, Scenario.standard());
        AvatarId id = new Avatars(fresh.database())
                .training("PORTRAIT", request, Instant.now().minusSeconds(300));
        return command.operator().monitor(id, Overrides.Change.NOTHING, new Actor("ada", "cli", "here"));
    }
}
