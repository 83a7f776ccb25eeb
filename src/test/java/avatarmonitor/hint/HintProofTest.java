package avatarmonitor.hint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hints are proven after an hour without a miss while a source still reports ends. */
final class HintProofTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    @ParameterizedTest(name = "{6}")
    @CsvSource(
            nullValues = "-",
            value = {
                "2026-11-29T11:00:00Z, 2026-11-29T11:00:00Z, -, -, 0, true, webhooks for an hour",
                "2026-11-29T11:00:01Z, 2026-11-29T11:30:00Z, -, -, 0, false, not yet an hour",
                "2026-11-29T11:00:00Z, -, 2026-11-29T11:30:00Z, 2026-11-29T11:59:00Z, 0, true, listed ends for an hour",
                "2026-11-29T11:00:00Z, -, 2026-11-29T11:30:00Z, 2026-11-29T11:58:59Z, 0, false, the list is silent",
                "2026-11-29T11:00:00Z, -, 2026-11-29T11:30:00Z, -, 0, false, the list is off",
                "2026-11-29T11:00:00Z, 2026-11-29T11:30:00Z, 2026-11-29T11:30:00Z, -, 0, true, webhooks without the list",
                "2026-11-27T11:00:00Z, 2026-11-28T12:00:00Z, -, -, 0, true, the last webhook a day ago",
                "2026-11-27T11:00:00Z, 2026-11-28T11:59:59Z, -, -, 0, false, the last webhook longer ago",
                "2026-11-29T11:00:00Z, 2026-11-29T11:30:00Z, -, -, 1, false, an end found by polling and not judged yet",
                "-, 2026-11-29T11:30:00Z, -, -, 0, false, nothing since a miss",
                "2026-11-29T12:30:00Z, 2026-11-29T11:30:00Z, -, -, 0, false, a time in the future",
                "2026-11-29T11:00:00Z, 2026-11-29T13:00:00Z, -, -, 0, false, a hint in the future",
            })
    void provenOrNot(
            @Nullable Instant since,
            @Nullable Instant webhook,
            @Nullable Instant history,
            @Nullable Instant answered,
            long polledFirst,
            boolean proven,
            String why) {
        assertThat(new HintProof(since, webhook, history, answered, polledFirst, null).proven(NOW))
                .as(why)
                .isEqualTo(proven);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, false",
                "2026-11-29T11:59:31Z, false",
                "2026-11-29T11:59:30Z, true",
                "2026-11-29T12:00:02Z, false",
                "2026-11-29T12:00:31Z, true"
            })
    void hintHasThirtySecondsToComeAfterAnEndWasFoundByPolling(@Nullable Instant polledAt, boolean miss) {
        assertThat(new HintProof(null, null, null, null, polledAt == null ? 0 : 1, polledAt).hasMiss(NOW))
                .isEqualTo(miss);
    }
}
