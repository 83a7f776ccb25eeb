package avatarmonitor.app.start;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.Notifications.Heard;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BurstTest {
    private static final String ID = "6b1f1f0e-3c1b-4f63-9d4a-0a8f3a1e7c55";

    private static Heard training(String payload) {
        return new Heard("avatar_training", payload);
    }

    @Test
    void eachIdIsStartedOnceInTheOrderInWhichItCame() {
        String other = "00000000-0000-0000-0000-000000000001";

        Burst burst = Burst.of(List.of(
                training(ID), training(other), training(" " + ID.toUpperCase(Locale.ROOT) + " "), training("")));

        assertThat(burst.ids()).extracting(AvatarId::toString).containsExactly(ID, other);
        assertThat(burst.odd()).isEqualTo(1);
        assertThat(burst.tooMany()).isFalse();
    }

    @Test
    void internalNotificationsStartNothing() {
        Burst burst = Burst.of(List.of(
                new Heard("avatar_monitor", "due"),
                new Heard("avatar_monitor", ID),
                new Heard("avatar_monitor_x", ID),
                new Heard("avatar_monitor", "requests")));

        assertThat(burst).isEqualTo(new Burst(List.of(), false, true, true, 0));
        assertThat(Burst.of(List.of())).isEqualTo(new Burst(List.of(), false, false, false, 0));
    }

    @Test
    void moreThanTenThousandIdsAreLeftToASweep() {
        List<Heard> heard = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            heard.add(training(new UUID(0, i).toString()));
        }
        heard.add(training(new UUID(0, 0).toString()));
        assertThat(Burst.of(heard).tooMany()).isFalse();

        heard.add(training(ID));

        assertThat(Burst.of(heard).ids()).hasSize(10_000);
        assertThat(Burst.of(heard).tooMany()).isTrue();
    }

    @Test
    void tenSecondsOfTheRateAreDueAtOnceInTenSeconds() {
        AtomicLong nanos = new AtomicLong(5);
        BurstLimit limit = new BurstLimit(3, nanos::get);

        assertThat(limit.take(20)).isEqualTo(20);
        assertThat(limit.take(20)).isEqualTo(10);
        nanos.addAndGet(9_999_999_999L);
        assertThat(limit.take(1)).isZero();
        nanos.addAndGet(1);
        assertThat(limit.take(31)).isEqualTo(30);
    }
}
