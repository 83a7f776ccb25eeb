package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.http.Reply;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One refused result does not block other trainings; a locked account blocks all and is reported as such. */
@Execution(ExecutionMode.CONCURRENT)
final class RefusedResultIT {
    private static final int HEALTHY = 12;

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.H2);

    @Test
    void refusedResultHoldsItsOwnAvatarAndALockedAccountHoldsAll() {
        Scenario restricted = Scenario.ended(
                Outcome.success().withResult(Reply.detail(403, "Access to this application is restricted")));
        site.write(avatars -> {
            site.train(avatars, "PORTRAIT", restricted);
            for (int i = 0; i < HEALTHY; i++) {
                site.train(avatars, "PORTRAIT", Scenario.ended(Outcome.success()));
            }
        });
        site.fal().inject(Fault.gzip().on(Op.RESULT).times(3));
        site.fal().inject(Fault.notANumber().on(Op.RESULT).times(3));
        WorkerProcess worker = site.with("monitor.interval", "2s").startWorker().awaitStarted();
        site.awaitDatabase(
                avatars -> avatars.count("SELECT count(*) FROM avatars WHERE status = 'COMPLETED'") == HEALTHY
                        && avatars.count("SELECT count(*) FROM avatar_event WHERE type = 'result_refused'") == 1);
        site.write(avatars -> {
            assertThat(avatars.count("SELECT count(*) FROM avatar_event WHERE type = 'fal_paused'"))
                    .isZero();
            assertThat(avatars.count("SELECT count(*) FROM v_watched")).isEqualTo(1);
            assertThat(avatars.count(
                            "SELECT count(*) FROM avatars WHERE status = 'TRAINING' AND training_error IS NULL"))
                    .isEqualTo(1);
        });

        site.fal().inject(Fault.locked().on(Op.STATUS));
        site.write(avatars -> site.train(avatars, "PORTRAIT", Scenario.ended(Outcome.success())));
        site.awaitDatabase(avatars -> avatars.count("""
                SELECT count(*) FROM v_workers WHERE fal_refused = 'account'
                  AND fal_pause_reason LIKE 'fal has locked the account: HTTP 403: User is locked. Reason: Exhausted balance'""") == 1);
        assertThat(site.rows("SELECT type FROM avatar_event WHERE avatar_id IS NULL AND type LIKE 'fal%' ORDER BY id"))
                .containsExactly("fal_paused");
        assertThat(worker.isAlive()).isTrue();
    }
}
