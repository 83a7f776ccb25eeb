package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A refused key affects no training: all checks wait until it is corrected. Takes a minute, mostly waiting. */
@Execution(ExecutionMode.CONCURRENT)
final class RefusedKeyIT {
    private static final int TRAININGS = 5;

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.H2);

    @Test
    void refusedKeyPausesPollingAndTouchesNoAvatarUntilItIsAccepted() {
        site.fal().inject(Fault.unauthorized());
        site.write(avatars -> {
            for (int i = 0; i < TRAININGS; i++) {
                site.train(avatars, "PORTRAIT", Scenario.ended(Outcome.success()));
            }
        });
        WorkerProcess worker = site.with("log.level", "trace").startWorker().awaitStarted();
        site.awaitDatabase(avatars -> avatars.count("SELECT count(*) FROM avatar_event WHERE type = 'fal_paused'") > 0);
        site.fal().clearFaults();
        int refused = site.fal().calls().size();
        assertThat(refused).isLessThanOrEqualTo(TRAININGS);
        site.write(avatars -> {
            assertThat(avatars.count(
                            "SELECT count(*) FROM avatars WHERE status = 'TRAINING' AND training_error IS NULL"))
                    .isEqualTo(TRAININGS);
            assertThat(avatars.count("SELECT count(*) FROM v_watched")).isEqualTo(TRAININGS);
        });

        await().atMost(Duration.ofSeconds(90))
                .until(() -> site.fal().calls(Op.RESULT).size() >= TRAININGS);
        site.awaitAllEnded();
        assertThat(worker.isAlive()).isTrue();
        await().atMost(Duration.ofSeconds(90))
                .until(() -> site.rows("SELECT type FROM avatar_event WHERE avatar_id IS NULL ORDER BY id")
                        .equals(List.of("fal_paused", "fal_resumed")));
        site.write(avatars -> assertThat(avatars.count("SELECT count(*) FROM avatars WHERE status = 'COMPLETED'"))
                .isEqualTo(TRAININGS));
    }
}
