package avatarmonitor.hint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Time range of a request for the list, and pauses without one. */
final class PlatformApiStateTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    private static PlatformApiState at(@Nullable Instant watermark) {
        return new PlatformApiState(watermark, null, null, null, null);
    }

    @Test
    void endsOfTwoMinutesBeforeTheWatermarkAreAskedForAgain() {
        assertThat(at(Instant.parse("2026-11-29T11:50:00Z")).start(NOW)).isEqualTo("2026-11-29T11:48:00Z");
        assertThat(at(null).start(NOW)).as("at first").isEqualTo("2026-11-29T11:50:00Z");
        assertThat(at(Instant.parse("2026-11-01T00:00:00Z")).start(NOW))
                .as("after a long time")
                .isEqualTo("2026-11-28T12:00:00Z");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, -",
                "-, 2026-11-29T11:59:00Z, 2026-11-29T11:59:00Z",
                "2026-11-29T11:59:00Z, 2026-11-29T11:58:00Z, 2026-11-29T11:59:00Z",
                "2026-11-29T11:58:00Z, 2026-11-29T11:59:00Z, 2026-11-29T11:59:00Z",
                "2026-11-29T11:58:00Z, -, 2026-11-29T11:58:00Z",
                "2026-11-29T11:58:00Z, 2099-01-01T00:00:00Z, 2026-11-29T11:58:00Z",
                "2099-01-01T00:00:00Z, 2026-11-29T11:59:00Z, 2026-11-29T11:59:00Z",
                "2099-01-01T00:00:00Z, -, -",
            })
    void watermarkNeverGoesBackNorIntoTheFuture(
            @Nullable Instant before, @Nullable Instant end, @Nullable Instant after) {
        assertThat(at(before).watermarkAfter(end, NOW)).isEqualTo(after);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, -, true",
                "2026-11-29T12:00:01Z, -, -, false",
                "2026-11-29T12:00:00Z, -, -, true",
                "2026-11-29T13:00:00Z, -, -, true",
                "-, 2026-11-28T12:00:01Z, -, false",
                "-, 2026-11-28T12:00:00Z, -, true",
                "-, 2026-11-20T12:00:00Z, 2026-11-29T11:00:00Z, false",
                "-, 2026-11-20T12:00:00Z, 2026-11-28T12:00:00Z, true",
                "-, 2026-11-29T12:00:02Z, -, false",
                "-, 2026-11-30T12:00:00Z, -, true",
            })
    void pauseIsKeptAndOffMeansOnceADay(
            @Nullable Instant notBefore, @Nullable Instant offSince, @Nullable Instant triedAt, boolean may) {
        assertThat(new PlatformApiState(null, notBefore, null, offSince, triedAt).mayAsk(NOW))
                .isEqualTo(may);
    }

    @Test
    void listThatIsMissingForTenMinutesIsGone() {
        assertThat(new PlatformApiState(null, null, null, null, null).isGone(NOW))
                .isFalse();
        assertThat(new PlatformApiState(null, null, Instant.parse("2026-11-29T11:50:01Z"), null, null).isGone(NOW))
                .isFalse();
        assertThat(new PlatformApiState(null, null, Instant.parse("2026-11-29T11:50:00Z"), null, null).isGone(NOW))
                .isTrue();
    }
}
