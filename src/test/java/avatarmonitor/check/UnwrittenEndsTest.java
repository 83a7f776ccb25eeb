package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.UnwrittenEnd;
import com.google.gson.JsonPrimitive;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Ends in memory: bounded in number and in size, the eldest is dropped first. */
final class UnwrittenEndsTest {
    private final UnwrittenEnds ends = new UnwrittenEnds(3, 100);

    private static AvatarId id(int number) {
        return new AvatarId(new UUID(0, number));
    }

    /** An end of this many characters: reason and body, which is quoted. */
    private static UnwrittenEnd end(String request, int reason, int body) {
        return new UnwrittenEnd(
                request,
                UnwrittenEnd.Ending.FAILED,
                "COMPLETED",
                "r".repeat(reason),
                null,
                body == 0 ? null : new JsonPrimitive("b".repeat(body - 2)),
                Instant.EPOCH);
    }

    private boolean keeps(int number) {
        return ends.find(id(number), "r-1").isPresent();
    }

    @Test
    void sameRequestIsCountedAndAnotherOneBeginsAnew() {
        assertThat(ends.keep(id(1), end("r-1", 1, 0))).isEqualTo(1);
        assertThat(ends.keep(id(1), end("r-1", 1, 0))).isEqualTo(2);
        assertThat(ends.keep(id(1), end("r-2", 1, 0))).isEqualTo(1);
        assertThat(ends.find(id(1), "r-2")).isPresent();
        assertThat(ends.find(id(1), "r-1")).as("the avatar was trained again").isEmpty();
        assertThat(ends.find(id(1), "r-2")).as("removed").isEmpty();
        assertThat(ends.keep(id(1), end("r-2", 1, 0))).isEqualTo(1);
        ends.forget(id(1));
        assertThat(ends.find(id(1), "r-2")).isEmpty();
    }

    @Test
    void atMostThreeAreKept() {
        for (int i = 1; i <= 4; i++) {
            ends.keep(id(i), end("r-1", 1, 0));
        }
        assertThat(keeps(1)).isFalse();
        assertThat(keeps(2) && keeps(3) && keeps(4)).isTrue();
    }

    @Test
    void textsOfAtMostAHundredCharactersAreKept() {
        ends.keep(id(1), end("r-1", 20, 30));
        ends.keep(id(2), end("r-1", 50, 0));
        assertThat(keeps(1)).as("100 in all").isTrue();
        ends.keep(id(3), end("r-1", 1, 0));
        assertThat(keeps(1)).as("101").isFalse();
        assertThat(keeps(2) && keeps(3)).isTrue();
        ends.keep(id(1), end("r-1", 49, 0));
        assertThat(keeps(1) && keeps(2) && keeps(3))
                .as("what was dropped does not count")
                .isTrue();
    }

    @Test
    void replacedAndForgottenTextsDoNotCount() {
        ends.keep(id(1), end("r-1", 60, 0));
        ends.keep(id(1), end("r-1", 60, 0));
        ends.keep(id(2), end("r-1", 40, 0));
        assertThat(keeps(1) && keeps(2)).isTrue();
        ends.forget(id(1));
        ends.forget(id(1));
        ends.keep(id(3), end("r-1", 60, 0));
        assertThat(keeps(2) && keeps(3)).isTrue();
    }

    @Test
    void lastOneIsKeptHoweverLongItIs() {
        ends.keep(id(1), end("r-1", 1, 0));
        ends.keep(id(2), end("r-1", 101, 0));
        assertThat(keeps(1)).isFalse();
        assertThat(keeps(2)).isTrue();
    }
}
