package avatarmonitor.fal.answer;

import static avatarmonitor.fal.FalFixture.ID;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.answer.FalAnswer.AccessRefused;
import avatarmonitor.fal.answer.FalAnswer.Cancelled;
import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.fal.answer.FalAnswer.Completed;
import avatarmonitor.fal.answer.FalAnswer.InProgress;
import avatarmonitor.fal.answer.FalAnswer.InQueue;
import avatarmonitor.fal.answer.FalAnswer.NotFound;
import avatarmonitor.fal.answer.FalAnswer.RateLimited;
import avatarmonitor.fal.answer.FalAnswer.Unavailable;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form of a status answer in sections 1 and 3 of the fal contract. */
class StatusAnswerTest {

    @ParameterizedTest
    @ValueSource(ints = {200, 202})
    void statusFieldDecidesNotTheCode(int code) {
        assertThat(read(code, "{\"status\":\"IN_QUEUE\",\"request_id\":\"" + ID + "\",\"queue_position\":0}"))
                .isEqualTo(new InQueue(0));
        assertThat(read(code, "{\"status\":\"IN_PROGRESS\",\"logs\":null}")).isEqualTo(new InProgress(null));
        assertThat(read(code, "{\"status\":\"COMPLETED\",\"metrics\":{\"inference_time\":312.4}}"))
                .isEqualTo(new Completed(null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "-1", "1.5", "\"3\"", "[]", "1e9", "1e999999999", "99999999999", "true"})
    void queuePositionThatIsNoCountIsLeftOut(String position) {
        assertThat(read(200, "{\"status\":\"IN_QUEUE\",\"queue_position\":" + position + "}"))
                .isEqualTo(new InQueue(null));
    }

    @Test
    void completedWithErrorIsAFailureInFalsWords() {
        assertThat(
                        read(
                                200,
                                "{\"status\":\"COMPLETED\",\"error\":\"Runner disconnected\",\"error_type\":\"runner_disconnected\"}"))
                .satisfies(failedWith(new FalError(0, "runner_disconnected", "Runner disconnected", true)));
        assertThat(read(200, "{\"status\":\"COMPLETED\",\"error\":\"bad\",\"error_type\":\"bad_request\"}"))
                .satisfies(failedWith(new FalError(0, "bad_request", "bad", false)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"error\":\"x\"                          | '' | x",
                "\"error_type\":\"internal_error\"        | internal_error | ''",
                "\"error\":{\"msg\":\"x\"}                | '' | x",
                "\"error\":[\"x\",\"y\"]                  | '' | x; y",
                "\"error\":17                             | '' | 17",
                "\"error\":true                           | '' | true",
                "\"error\":\"false\"                      | '' | false",
                "\"error\":{\"code\":7}                   | '' | {\"code\":7}",
                "\"error\":null,\"error_type\":\"odd\"    | odd | ''"
            })
    void anySignOfAnErrorIsAFailure(String members, String type, String detail) {
        assertThat(read(200, "{\"status\":\"COMPLETED\"," + members + "}"))
                .satisfies(failedWith(new FalError(0, type, detail, false)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"error\":null,\"error_type\":null",
                "\"error\":\"\",\"error_type\":\"\"",
                "\"error\":[]",
                "\"error\":false",
                "\"error\":false,\"error_type\":false",
                "\"error\":{}",
                "\"error\":0",
                "\"error\":\" \"",
                "\"error\":[null,\"\",{}]",
                "\"error\":{\"code\":0,\"message\":\"\"}"
            })
    void emptyErrorIsNone(String members) {
        assertThat(read(200, "{\"status\":\"COMPLETED\"," + members + "}")).isEqualTo(new Completed(null));
    }

    @Test
    void cancelledInEitherFormIsCancelled() {
        assertThat(read(200, "{\"status\":\"COMPLETED\",\"error\":\"x\",\"error_type\":\"client_cancelled\"}"))
                .isInstanceOf(Cancelled.class);
        assertThat(read(200, "{\"status\":\"CANCELLED\"}")).isInstanceOf(Cancelled.class);
        assertThat(read(499, "{\"detail\":\"x\",\"error_type\":\"client_cancelled\"}"))
                .isInstanceOf(Cancelled.class);
    }

    @Test
    void failedWhichFalNeverSendsIsAFailureToo() {
        assertThat(read(200, "{\"status\":\"FAILED\"}"))
                .satisfies(failedWith(new FalError(0, "", "fal says FAILED", false)));
        assertThat(read(200, "{\"status\":\"FAILED\",\"error_type\":\"client_cancelled\"}"))
                .isInstanceOf(Cancelled.class);
    }

    @Test
    void statusIsReadInAnyLetterCase() {
        assertThat(read(200, "{\"status\":\"completed\"}")).isEqualTo(new Completed(null));
        assertThat(read(200, "{\"status\":\"In_Queue\"}")).isEqualTo(new InQueue(null));
        assertThat(read(200, "{\"status\":\"COMPLETED \"}")).isEqualTo(new Completed(null));
        assertThat(read(200, "{\"status\":\"canceled\"}")).isInstanceOf(Cancelled.class);
    }

    @Test
    void requestedCancellationIsStillRunning() {
        assertThat(read(202, "{\"status\":\"CANCELLATION_REQUESTED\"}")).isEqualTo(new InProgress(null));
    }

    @Test
    void wholeAnswerIsKeptWithAnError() {
        assertThat(read(200, "{\"status\":\"COMPLETED\",\"error\":\"x\",\"metrics\":{}}"))
                .isInstanceOfSatisfying(
                        Completed.class,
                        over -> assertThat(over.raw())
                                .hasToString("{\"status\":\"COMPLETED\",\"error\":\"x\",\"metrics\":{}}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PAUSED", "OK", "DONE"})
    void unknownStatusIsTrouble(String status) {
        assertThat(read(200, "{\"status\":\"" + status + "\"}")).satisfies(isUnavailable(Cause.UNKNOWN_STATUS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "null",
                "[]",
                "[{\"status\":\"COMPLETED\"}]",
                "\"COMPLETED\"",
                "{",
                "{}",
                "{\"status\":null}",
                "{\"status\":5}",
                "{\"status\":[\"COMPLETED\"]}",
                "{\"status\":{\"status\":\"COMPLETED\"}}",
                "{\"status\":\"COMPLETED\"} {}",
                "{status:'COMPLETED'}",
                "{\"status\":\"COMPLETED\"",
                "<html>502</html>",
                "{\"status\":\"COMPLETED\",\"request_id\":\"another\"}",
                "{\"status\":\"COMPLETED\",\"request_id\":5}"
            })
    void whatIsNoStatusOfThisRequestIsMalformed(String body) {
        assertThat(read(202, body)).satisfies(isUnavailable(Cause.MALFORMED));
        assertThat(read(200, body)).satisfies(isUnavailable(Cause.MALFORMED));
    }

    @Test
    void requestIdInOtherLetterCaseIsTheSame() {
        String body = "{\"status\":\"IN_PROGRESS\",\"request_id\":\"" + ID.toUpperCase(Locale.ROOT) + "\"}";
        assertThat(read(200, body)).isEqualTo(new InProgress(null));
    }

    @Test
    void deepJsonIsMalformedAndBreaksNothing() {
        String deep = "[".repeat(10_000) + "]".repeat(10_000);
        assertThat(read(200, deep)).satisfies(isUnavailable(Cause.MALFORMED));
        assertThat(read(200, "{\"status\":\"COMPLETED\",\"logs\":" + deep + "}"))
                .isEqualTo(new Completed(null));
        assertThat(read(200, "{\"status\":\"COMPLETED\",\"logs\":" + "[".repeat(200_000)))
                .satisfies(isUnavailable(Cause.MALFORMED));
    }

    @Test
    void oddButValidJsonIsUnderstood() {
        assertThat(read(200, "{\"status\":\"COMPLETED\",\"status\":\"IN_PROGRESS\"}"))
                .isEqualTo(new InProgress(null));
        assertThat(read(200, "{\"status\":\"COMPLETED\",\"error\":\"\\ud800 half\\u0000\\u001b[31m\\n\\u202e\"}"))
                .satisfies(failedWith(new FalError(0, "", "\ufffd half\ufffd [31m", false)));
        assertThat(read(200, "{\"status\":\"COMPLETED\",\"metrics\":{\"loss\":NaN,\"a\":-Infinity,\"b\":[Infinity]}}"))
                .isEqualTo(new Completed(null));
        assertThat(read(200, "{\"status\":\"IN_PROGRESS\",\"logs\":[5,null,{},{\"message\":7},\"x\",[]]}"))
                .isEqualTo(new InProgress(null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "402 | {\"detail\":\"Payment required\"}                               | true",
                "403 | {\"detail\":\"User is locked. Reason: Exhausted balance\"}     | true",
                "403 | {\"detail\":\"User is locked. Reason: TOP_UP\"}                | true",
                "403 | {\"detail\":\"Access to this application is restricted\"}      | false",
                "401 | {\"detail\":\"No user found for Key ID and Secret\"}           | false",
                "401 | {\"detail\":\"User is locked. Reason: Exhausted balance\"}     | false"
            })
    void lockedAccountIsDistinguishedFromARefusedKey(int code, String body, boolean locked) {
        assertThat(read(code, body))
                .isInstanceOfSatisfying(
                        AccessRefused.class,
                        refused -> assertThat(refused.accountLocked()).isEqualTo(locked));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void refusedAccessIsNoMatterOfTheTraining(int code) {
        assertThat(read(code, "{\"detail\":\"invalid key credentials\"}"))
                .isEqualTo(new AccessRefused(code, "HTTP " + code + ": invalid key credentials"));
        assertThat(read(code, "<html>")).isEqualTo(new AccessRefused(code, "HTTP " + code + ": an HTML page"));
    }

    @Test
    void notFoundIsUnderstoodInBothShapes() {
        assertThat(read(404, "{\"status\":\"NOT_FOUND\"}")).isEqualTo(new NotFound("HTTP 404: NOT_FOUND"));
        assertThat(read(404, "{\"detail\":\"Request not found\"}"))
                .isEqualTo(new NotFound("HTTP 404: Request not found"));
        assertThat(read(404, "")).isEqualTo(new NotFound("HTTP 404"));
    }

    @Test
    void unknownApplicationSaysNothingAboutTheRequest() {
        assertThat(read(404, "{\"detail\":\"Application \\\"x\\\" not found\"}"))
                .isEqualTo(new FalAnswer.ApplicationUnknown("HTTP 404: Application \"x\" not found"));
        assertThat(read(400, "{\"detail\":\"Application \\\"x\\\" not found\"}"))
                .satisfies(isUnavailable(Cause.UNEXPECTED_CODE));
    }

    @Test
    void pageNotFoundOfSomeOtherServerIsNotFalsWord() {
        assertThat(read(404, "{\"detail\":\"Not Found\"}")).satisfies(isUnavailable(Cause.UNEXPECTED_CODE));
        assertThat(read(404, "{\"status\":404,\"error\":\"Not Found\",\"path\":\"/x\"}"))
                .satisfies(isUnavailable(Cause.UNEXPECTED_CODE));
        assertThat(read(404, "<html>nginx</html>")).satisfies(isUnavailable(Cause.UNEXPECTED_CODE));
    }

    @Test
    void tooManyRequestsAsksToWait() {
        HttpReply.Received reply = HttpReply.Received.of(
                429, Map.of("retry-after", "7"), new ResponseBody("", false, null), Instant.EPOCH);
        assertThat(StatusAnswer.read(ID, reply)).isEqualTo(new RateLimited(java.time.Duration.ofSeconds(7)));
    }

    @ParameterizedTest
    @CsvSource({
        "500,SERVER_ERROR",
        "502,SERVER_ERROR",
        "503,SERVER_ERROR",
        "504,SERVER_ERROR",
        "599,SERVER_ERROR",
        "400,UNEXPECTED_CODE",
        "405,UNEXPECTED_CODE",
        "410,UNEXPECTED_CODE",
        "418,UNEXPECTED_CODE",
        "422,UNEXPECTED_CODE",
        "499,UNEXPECTED_CODE",
        "302,UNEXPECTED_CODE"
    })
    void codesThatSayNothingAboutTheRequestAreTrouble(int code, Cause cause) {
        assertThat(read(code, "<html>nginx</html>")).satisfies(isUnavailable(cause));
        assertThat(read(code, "{\"status\":\"COMPLETED\",\"request_id\":\"" + ID + "\"}"))
                .satisfies(isUnavailable(cause));
    }

    @Test
    void wrongMethodHintsAtTheEndpoint() {
        assertThat(read(405, "{\"detail\":\"Method Not Allowed\"}"))
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        answer -> assertThat(answer.detail())
                                .contains("Method Not Allowed")
                                .contains("owner/app"));
    }

    private static FalAnswer.Status read(int code, String body) {
        return StatusAnswer.read(
                ID, HttpReply.Received.of(code, Map.of(), new ResponseBody(body, false, null), Instant.EPOCH));
    }

    private static Consumer<FalAnswer> failedWith(FalError error) {
        return answer -> assertThat(answer)
                .isInstanceOfSatisfying(
                        Completed.class, over -> assertThat(over.error()).isEqualTo(error));
    }

    private static Consumer<FalAnswer> isUnavailable(Cause cause) {
        return answer -> assertThat(answer)
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        trouble -> assertThat(trouble.cause()).isEqualTo(cause));
    }
}
