package avatarmonitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A verdict holds for a moment, counted from its end. */
class KeptHealthTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private int looks;
    private Duration look = Duration.ZERO;
    private final Health kept = new KeptHealth(
            () -> {
                pass(look);
                return Optional.of("trouble " + ++looks);
            },
            nanos::get);

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void nextLookIsMadeWhenTheVerdictIsOld() {
        assertThat(kept.trouble()).contains("trouble 1");
        pass(KeptHealth.KEPT.minusNanos(1));
        assertThat(kept.trouble()).contains("trouble 1");
        pass(Duration.ofNanos(1));
        assertThat(kept.trouble()).contains("trouble 2");
    }

    @Test
    void thoseWhoWaitedForASlowLookNeedNoOther() {
        look = Duration.ofSeconds(15);
        kept.trouble();
        assertThat(kept.trouble()).contains("trouble 1");
    }
}
