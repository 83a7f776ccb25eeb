package avatarmonitor.check.decision;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.testing.TestRules;
import avatarmonitor.testing.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a training may have been submitted: by its row, by fal's answers, by the configuration of all workers. */
final class RequestsOfATrainingTest {
    private final Rules rules = TestRules.of(
            Types.at("fal-ai/now/train", "fal-ai/style"),
            3,
            Duration.ofMinutes(10),
            new ModelRules(Types.lengths(500, 255), false),
            type -> List.of("fal-ai/before/train", "fal-ai/now"));

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-, -, 'fal-ai/now, fal-ai/before', 'fal-ai/before/train, fal-ai/now, fal-ai/now/train'",
                "-, fal-ai/before, fal-ai/before, fal-ai/before/train",
                "-, fal-ai/now, fal-ai/now, 'fal-ai/now, fal-ai/now/train'",
                "-, fal-ai/gone, fal-ai/gone, fal-ai/gone",
                "own/app/sub, -, own/app, own/app/sub",
                "own/app/sub, own/app, own/app, own/app/sub",
                "own/app/sub, fal-ai/before, 'own/app, fal-ai/before', 'fal-ai/before/train, own/app/sub'",
            })
    void endpointOfTheRowThenTheOneThatAnsweredThenThoseOfTheType(
            @Nullable String ofRow, @Nullable String answered, String asked, String submittedTo) {
        Eligibility.Eligible training =
                new Eligibility.Eligible(new FalRequestId("r-1"), Types.at(Types.PORTRAIT, "fal-ai/now/train"), ofRow);
        Monitoring monitoring =
                new Monitoring("r-1", Instant.EPOCH, 0, 0, null, null, null, 0, answered, null, Overrides.NONE);

        assertThat(rules.requests(training, monitoring))
                .extracting(FalRequest::endpoint)
                .containsExactly(asked.split(", "));
        assertThat(rules.submittedTo(training, monitoring)).containsExactly(submittedTo.split(", "));
    }
}
