package avatarmonitor.hint;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How many kept hints a worker takes, and when others take them. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class KeptHintsTest {
    private final TestDatabase kind;

    KeptHintsTest(TestDatabase kind) {
        this.kind = kind;
    }

    @Test
    void repetitionsWaitFiveSecondsAndTwiceAsLongEachUpToFiveMinutes() {
        assertThat(IntStream.rangeClosed(1, 8)
                        .mapToLong(failures -> KeptHints.pause(failures).toSeconds()))
                .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L);
    }

    @Test
    void hintThatMaySendNoRequestDoesNotWaitForAnEarlierRepetition() {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            KeptHints kept = new KeptHints(fresh.database());
            FalRequestId request = new FalRequestId("r-1");
            AvatarId avatar = new AvatarId(UUID.randomUUID());
            kept.repeat(request, avatar, HintSource.WEBHOOK, 8);
            assertThat(kept.take()).isEmpty();
            kept.keep(request, avatar, HintSource.WEBHOOK);
            assertThat(kept.take()).containsExactly(new KeptHints.Kept(request, HintSource.WEBHOOK, 8));
        }
    }

    @Test
    void hundredAreTakenAtATimeAndEachOnceUntilItsWorkerIsSilentForAMinute() {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            KeptHints kept = new KeptHints(fresh.database());
            for (int i = 0; i < 101; i++) {
                kept.keep(new FalRequestId("r-" + i), new AvatarId(UUID.randomUUID()), HintSource.WEBHOOK);
            }
            assertThat(kept.take()).hasSize(100);
            assertThat(kept.take()).hasSize(1);
            assertThat(kept.take()).isEmpty();

            Sql.run(
                    fresh.database(),
                    "UPDATE avatar_monitor_kept_hint SET taken_at = current_timestamp - INTERVAL '30' SECOND");
            assertThat(kept.take()).isEmpty();
            Sql.run(
                    fresh.database(),
                    "UPDATE avatar_monitor_kept_hint SET taken_at = current_timestamp - INTERVAL '61' SECOND");
            assertThat(kept.take()).hasSize(100);
        }
    }
}
