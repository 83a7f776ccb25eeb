package avatarmonitor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.reconcile.ScheduleFault.Kind;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class ScheduleFaultTest {
    @Test
    void kindsKeepTheirPublishedWords() {
        assertThat(Arrays.stream(Kind.values()).map(Kind::word))
                .containsExactly(
                        "lost",
                        "error",
                        "half",
                        "finished",
                        "orphaned",
                        "timeless",
                        "future",
                        "expired",
                        "overdue",
                        "paused",
                        "missing",
                        "gone_worker");
        for (Kind kind : Kind.values()) {
            assertThat(Kind.of(kind.word())).isEqualTo(kind);
        }
        assertThat(Kind.of("of_a_newer_version")).isEqualTo(Kind.ERROR);
    }

    @Test
    void lostTriggerIsNamedByItsAvatar() {
        AvatarId id = new AvatarId(UUID.fromString("00000000-0000-7000-8000-000000000001"));
        assertThat(ScheduleFault.lost(id))
                .isEqualTo(new ScheduleFault(
                        Kind.LOST, "avatar/00000000-0000-7000-8000-000000000001", "its trigger is gone", id));
        assertThat(ScheduleFault.lost(id).detail())
                .hasToString("{\"kind\":\"lost\",\"subject\":\"avatar/00000000-0000-7000-8000-000000000001\","
                        + "\"problem\":\"its trigger is gone\"}");
    }
}
