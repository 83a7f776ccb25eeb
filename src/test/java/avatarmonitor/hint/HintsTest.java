package avatarmonitor.hint;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.FalRequestId;
import avatarmonitor.hint.PlatformApiPollTest.RecordingMeter;
import avatarmonitor.store.sql.Timestamps;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Results of checks prove hints; all workers and a restarted one agree, and one miss ends the proof at once. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class HintsTest {
    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Avatars avatars;
    private final RecordingMeter meter = new RecordingMeter();
    private Instant now = Instant.parse("2026-11-29T12:00:00Z");
    private final Hints hints;
    private final Hints other;

    HintsTest(TestDatabase kind) {
        fresh = kind.fresh();
        avatars = new Avatars(fresh.database());
        hints = worker();
        other = worker();
    }

    private Hints worker() {
        return new Hints(fresh.database(), meter, () -> now);
    }

    private static FalRequestId request(String id) {
        return new FalRequestId(id);
    }

    private void after(Duration time) {
        now = now.plus(time);
        hints.judgeDue();
        other.judgeDue();
    }

    private void proveByWebhooks() {
        hints.reported(request("r-1"), HintSource.WEBHOOK, true);
        after(Duration.ofHours(1));
    }

    @Test
    void hintsThatReportedEveryEndForAnHourAreProvenForAllAndAfterARestart() {
        assertThat(hints.proven()).isFalse();
        hints.reported(request("r-1"), HintSource.WEBHOOK, true);
        after(Duration.ofMinutes(59));
        assertThat(hints.proven()).isFalse();
        after(Duration.ofMinutes(1));
        assertThat(List.of(hints.proven(), other.proven())).containsOnly(true);
        Hints restarted = worker();
        assertThat(restarted.proven()).as("before it looked").isFalse();
        restarted.judgeDue();
        assertThat(restarted.proven()).isTrue();
    }

    @Test
    void oneMissEndsItAtOnceAndAnotherHourIsNeeded() {
        proveByWebhooks();
        hints.polled("r-2");
        assertThat(hints.proven()).as("at once").isFalse();
        assertThat(other.proven()).isTrue();
        other.judgeDue();
        assertThat(other.proven()).as("the others when they look").isFalse();
        after(Duration.ofSeconds(30));
        assertThat(meter.misses).containsExactly(1L);
        after(Duration.ofHours(2));
        assertThat(hints.proven()).as("nothing was reported since").isFalse();
        proveByWebhooks();
        assertThat(hints.proven()).isTrue();
        assertThat(avatars.row("SELECT by_webhook, by_history, misses FROM avatar_monitor_hint_proof")
                        .values())
                .containsExactly("2", "0", "1");
    }

    @Test
    void hintThatComesWithinHalfAMinuteAfterTheRegularCheckIsNoMiss() {
        proveByWebhooks();
        hints.polled("r-2");
        now = now.plusSeconds(20);
        other.reported(request("r-2"), HintSource.WEBHOOK, false);
        after(Duration.ofSeconds(30));
        assertThat(hints.proven()).isTrue();
        hints.polled("r-3");
        other.listed(List.of(request("r-3"), request("r-0")));
        after(Duration.ofSeconds(30));
        assertThat(hints.proven()).as("also when it is listed").isTrue();
        other.reported(request("r-4"), HintSource.WEBHOOK, false);
        hints.polled("r-4");
        after(Duration.ofSeconds(30));
        assertThat(hints.proven()).as("also when it comes a moment before").isTrue();
        assertThat(meter.misses).isEmpty();
    }

    @Test
    void hintThatComesLaterIsAMiss() {
        proveByWebhooks();
        hints.polled("r-2");
        after(Duration.ofSeconds(31));
        hints.reported(request("r-2"), HintSource.WEBHOOK, false);
        after(Duration.ofSeconds(1));
        assertThat(hints.proven()).isFalse();
    }

    @Test
    void listThatFallsSilentIsNotTrustedUntilItAnswersAgain() {
        hints.reported(request("r-1"), HintSource.HISTORY, true);
        after(Duration.ofHours(1));
        assertThat(hints.proven()).as("it never answered").isFalse();
        answered();
        after(Duration.ofSeconds(60));
        assertThat(hints.proven()).isTrue();
        after(Duration.ofSeconds(1));
        assertThat(hints.proven()).isFalse();
        answered();
        after(Duration.ZERO);
        assertThat(hints.proven()).isTrue();
        avatars.run("UPDATE avatar_monitor_fal_history SET off_since = ?", Timestamps.utc(now));
        after(Duration.ZERO);
        assertThat(hints.proven()).isFalse();
    }

    private void answered() {
        avatars.run("UPDATE avatar_monitor_fal_history SET answered_at = ?", Timestamps.utc(now));
    }

    @Test
    void hintAndRegularCheckAtTheSameTimeAreBothRecorded() throws Exception {
        int ends = 60;
        CyclicBarrier together = new CyclicBarrier(2);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<?> checks = threads.submit(() -> {
                for (int i = 0; i < ends; i++) {
                    together.await();
                    hints.polled("r-" + i);
                }
                return null;
            });
            for (int i = 0; i < ends; i++) {
                together.await();
                other.reported(request("r-" + i), HintSource.WEBHOOK, false);
            }
            checks.get();
        } finally {
            threads.shutdownNow();
        }
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_hinted_end"
                        + " WHERE polled_at IS NOT NULL AND hinted_at IS NOT NULL"))
                .isEqualTo(60);
    }

    @Test
    void oldEndsAreForgottenAndABrokenTableHarmsNoCheck() {
        hints.reported(request("r-1"), HintSource.WEBHOOK, true);
        hints.polled("r-1");
        hints.polled("not a request id");
        after(Duration.ofHours(2));
        assertThat(avatars.count("SELECT count(*) FROM avatar_monitor_hinted_end"))
                .isZero();
        avatars.run("ALTER TABLE avatar_monitor_hinted_end RENAME TO hidden");
        hints.polled("r-2");
        hints.reported(request("r-2"), HintSource.WEBHOOK, true);
        assertThat(hints.proven()).isFalse();
    }
}
