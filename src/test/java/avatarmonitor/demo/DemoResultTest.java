package avatarmonitor.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The demo's evaluation detects every invented, wrong or missing end of an avatar. */
class DemoResultTest {
    private final DemoAvatar ada = role("Ada");
    private final DemoAvatar emil = role("Emil");
    private final DemoAvatar hugo = role(DemoAvatars.CANCELLED_BY_USER);
    private final DemoAvatar kira = role("Kira");
    private final DemoAvatar mona = role(DemoAvatars.RETRAINED);
    private final DemoAvatar nils = role("Nils");

    @Test
    void eachAvatarThatEndedAsItShouldIsOk() {
        for (DemoAvatar role : DemoAvatars.all()) {
            DemoResult verdict = DemoResult.of(role, right(role));
            assertThat(verdict.wrong()).as(role.name()).isEmpty();
            assertThat(verdict.ok()).isTrue();
        }
    }

    @Test
    void wrongStatusIsNotOkEvenInTheLetterCaseOnly() {
        assertThat(wrong(ada, with(right(ada), "ERROR"))).contains("status is ERROR, not COMPLETED");
        assertThat(wrong(ada, with(right(ada), "completed"))).contains("status is completed, not COMPLETED");
        assertThat(wrong(ada, with(right(ada), "TRAINING"))).contains("status is TRAINING, not COMPLETED");
    }

    @Test
    void modelThatFalDidNotReturnIsNotOk() {
        assertThat(wrong(ada, with(right(ada), Model.of("other")))).contains("the model is not what fal returned");
        assertThat(wrong(ada, with(right(ada), Model.NONE))).contains("the model is not what fal returned");
        assertThat(wrong(emil, with(right(emil), Model.of("x")))).contains("the model is not what fal returned");
        assertThat(wrong(mona, with(right(mona), Model.of(mona.first().requestId()))))
                .as("the model of the training before the last")
                .contains("the model is not what fal returned");
        assertThat(wrong(ada, resultNeverGiven(right(ada)))).contains("fal never gave the result");
    }

    @Test
    void missingOrOtherReasonIsNotOk() {
        assertThat(wrong(emil, withError(right(emil), null))).contains("training_error is null");
        assertThat(wrong(emil, withError(right(emil), "boom"))).contains("not about: invalid_archive");
        assertThat(wrong(ada, withError(right(ada), "boom"))).contains("training_error is boom, not empty");
    }

    @Test
    void endThatIsReportedTwiceOrNotAtAllIsNotOk() {
        assertThat(wrong(ada, withEvents(right(ada), "watching", "completed", "completed")))
                .contains("ends in the event log: [completed, completed]");
        assertThat(wrong(ada, withEvents(right(ada), "watching"))).contains("no event completed");
        assertThat(wrong(kira, withEvents(right(kira), "watching"))).contains("no event stalled");
        assertThat(wrong(hugo, withEvents(right(hugo), "watching", "cancelled")))
                .as("the user cancelled, not the worker")
                .contains("ends in the event log: [cancelled]");
    }

    @Test
    void invalidRequestIdMustNotReachFal() {
        assertThat(wrong(nils, asked(right(nils)))).isEqualTo("fal was asked about it");
    }

    private static DemoAvatar role(String name) {
        return DemoAvatars.all().stream()
                .filter(role -> role.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String wrong(DemoAvatar role, DemoSnapshot seen) {
        DemoResult verdict = DemoResult.of(role, seen);
        assertThat(verdict.ok()).isFalse();
        return String.join("; ", verdict.wrong());
    }

    private static DemoSnapshot right(DemoAvatar role) {
        DemoAvatar.Ending end = role.expected();
        return new DemoSnapshot(
                role.name(),
                role.type(),
                end.status(),
                role.last().requestId(),
                null,
                end.error() == null ? null : "fal said: " + end.error() + "!",
                end.model(),
                "COMPLETED",
                null,
                role.last().requestId(),
                end.event() == null ? List.of("watching") : List.of("watching", end.event()),
                role.eligible() ? 19 : 0,
                role.eligible() ? 7 : 0,
                true);
    }

    private static DemoSnapshot with(DemoSnapshot seen, String status) {
        return copy(seen, status, seen.error(), seen.model(), seen.events(), seen.statusRequests(), seen.resultGiven());
    }

    private static DemoSnapshot with(DemoSnapshot seen, Model model) {
        return copy(seen, seen.status(), seen.error(), model, seen.events(), seen.statusRequests(), seen.resultGiven());
    }

    private static DemoSnapshot withError(DemoSnapshot seen, @Nullable String error) {
        return copy(seen, seen.status(), error, seen.model(), seen.events(), seen.statusRequests(), seen.resultGiven());
    }

    private static DemoSnapshot withEvents(DemoSnapshot seen, String... events) {
        return copy(
                seen,
                seen.status(),
                seen.error(),
                seen.model(),
                List.of(events),
                seen.statusRequests(),
                seen.resultGiven());
    }

    private static DemoSnapshot asked(DemoSnapshot seen) {
        return copy(seen, seen.status(), seen.error(), seen.model(), seen.events(), 1, seen.resultGiven());
    }

    private static DemoSnapshot resultNeverGiven(DemoSnapshot seen) {
        return copy(seen, seen.status(), seen.error(), seen.model(), seen.events(), seen.statusRequests(), false);
    }

    private static DemoSnapshot copy(
            DemoSnapshot seen,
            String status,
            @Nullable String error,
            Model model,
            List<String> events,
            int questions,
            boolean resultGiven) {
        return new DemoSnapshot(
                seen.name(),
                seen.type(),
                status,
                seen.requestId(),
                seen.progress(),
                error,
                model,
                seen.falStatus(),
                seen.queuePosition(),
                seen.lastEventRequest(),
                events,
                seen.checks(),
                questions,
                resultGiven);
    }
}
