package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.app.Monitor;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.fal.FalKey;
import avatarmonitor.testing.Sql;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The metrics of the wired parts of a worker: checks, check delay, fal, reconcile, repairs, the pool. */
class MeasuredWorkerTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @AutoClose
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local().withKey(new FalKey("id:right")));

    @Test
    void whatAWorkerDoesMovesItsMetrics() throws Exception {
        try (CommandFixture fixture = CommandFixture.against(fal)
                .variable("AVATAR_MONITOR_MONITOR_INTERVAL", "1s")
                .variable("AVATAR_MONITOR_FAL_TIMEOUT", "1s")) {
            fal.register("fal-ai/flux-lora-portrait-trainer", "req-1", Scenario.stalled(Course.Stall.IN_PROGRESS));
            fixture.training("req-1");
            try (Monitor monitor = fixture.monitor()) {
                monitor.schedule().startFiring(monitor.check(), monitor.reconciler());

                awaitMoved(monitor, "avatar_monitor_checks_total{outcome=\"still_training\"}");
                awaitMoved(monitor, "avatar_monitor_check_seconds_count");
                awaitMoved(monitor, "avatar_monitor_fire_lateness_seconds_count");
                awaitMoved(monitor, "avatar_monitor_fal_requests_total{code=\"202\"}");
                awaitMoved(monitor, "avatar_monitor_fal_request_seconds_count");
                awaitMoved(monitor, "avatar_monitor_reconcile_seconds_count");
                awaitMoved(monitor, "hikaricp_connections_usage_seconds_count{pool=\"avatar-monitor\"}");

                Sql.run(
                        fixture.fresh().database(),
                        "DELETE FROM qrtz_simple_triggers WHERE trigger_group = 'avatar'",
                        "DELETE FROM qrtz_triggers WHERE trigger_group = 'avatar'");
                monitor.scanner().run();
                awaitMoved(monitor, "avatar_monitor_repaired_total{kind=\"lost\"}");

                fal.inject(Fault.unauthorized());
                awaitMoved(monitor, "avatar_monitor_fal_paused");
                monitor.schedule().shutdown(Duration.ofSeconds(10));
            }
        }
    }

    private static void awaitMoved(Monitor monitor, String series) {
        Pattern moved = Pattern.compile("(?m)^" + Pattern.quote(series) + " (?!0(\\.0)?$)");
        await(series)
                .atMost(SOON)
                .untilAsserted(() -> assertThat(monitor.meters().scrape()).containsPattern(moved));
    }
}
