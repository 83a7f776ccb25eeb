package avatarmonitor.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The demo's evaluation detects every invented, wrong or missing end of an avatar. */
class VerdictTest {
    private final Role ada = role("Ada");
    private final Role emil = role("Emil");
    private final Role hugo = role(Cast.CANCELLED_BY_USER);
    private final Role kira = role("Kira");
    private final Role mona = role(Cast.TRAINED_AGAIN);
    private final Role nils = role("Nils");

    @Test
    void eachAvatarThatEndedAsItShouldIsOk() {
        for (Role role : Cast.roles()) {
            Verdict verdict = Verdict.of(role, right(role));
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
    void endThatIsToldTwiceOrNotAtAllIsNotOk() {
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

    private static Role role(String name) {
        return Cast.roles().stream()
                .filter(role -> role.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String wrong(Role role, Seen seen) {
        Verdict verdict = Verdict.of(role, seen);
        assertThat(verdict.ok()).isFalse();
        return String.join("; ", verdict.wrong());
    }

    private static Seen right(Role role) {
        Role.Ending end = role.expected();
        return new Seen(
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
                role.watchable() ? 19 : 0,
                role.watchable() ? 7 : 0,
                true);
    }

    private static Seen with(Seen seen, String status) {
        return copy(seen, status, seen.error(), seen.model(), seen.events(), seen.questions(), seen.resultGiven());
    }

    private static Seen with(Seen seen, Model model) {
        return copy(seen, seen.status(), seen.error(), model, seen.events(), seen.questions(), seen.resultGiven());
    }

    private static Seen withError(Seen seen, @Nullable String error) {
        return copy(seen, seen.status(), error, seen.model(), seen.events(), seen.questions(), seen.resultGiven());
    }

    private static Seen withEvents(Seen seen, String... events) {
        return copy(
                seen, seen.status(), seen.error(), seen.model(), List.of(events), seen.questions(), seen.resultGiven());
    }

    private static Seen asked(Seen seen) {
        return copy(seen, seen.status(), seen.error(), seen.model(), seen.events(), 1, seen.resultGiven());
    }

    private static Seen resultNeverGiven(Seen seen) {
        return copy(seen, seen.status(), seen.error(), seen.model(), seen.events(), seen.questions(), false);
    }

    private static Seen copy(
            Seen seen,
            String status,
            @Nullable String error,
            Model model,
            List<String> events,
            int questions,
            boolean resultGiven) {
        return new Seen(
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
