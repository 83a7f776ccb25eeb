package avatarmonitor.fal.answer;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.answer.FalAnswer.Cancelled;
import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.fal.answer.FalAnswer.Failed;
import avatarmonitor.fal.answer.FalAnswer.InProgress;
import avatarmonitor.fal.answer.FalAnswer.NotFound;
import avatarmonitor.fal.answer.FalAnswer.Output;
import avatarmonitor.fal.answer.FalAnswer.RateLimited;
import avatarmonitor.fal.answer.FalAnswer.RequestRefused;
import avatarmonitor.fal.answer.FalAnswer.Unavailable;
import avatarmonitor.fal.answer.FalAnswer.Unusable;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form of a result answer in sections 1 to 3 of the fal contract. */
class ResultAnswerTest {
    private static final String MODEL_ERROR = """
            {"detail":[{"loc":["body","images_data_url"],"msg":"too few files","type":"archive_file_count_below_minimum",
            "ctx":{"min_count":4},"input":"https://signed.example.org/?token=1"}]}""";

    @Test
    void objectWithCode200IsAnOutput() {
        assertThat(read(200, "{}")).isInstanceOf(Output.class);
        assertThat(read(200, "{\"status\":\"IN_PROGRESS\"}")).isInstanceOf(Output.class);
    }

    @Test
    void outputHoldsNothingThatADatabaseRefuses() {
        assertThat(read(200, "{\"a\\u0000\":[\"x\\ud800y\",1e999999999,1e-999999999,-0.5e+3,true,null]}"))
                .isInstanceOfSatisfying(
                        Output.class,
                        output -> assertThat(output.body())
                                .hasToString("{\"a\ufffd\":[\"x\ufffdy\",null,0.0,-0.5e+3,true,null]}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "[{}]", "5", "\"x\"", "NaN"})
    void otherJsonWithCode200IsUnusable(String body) {
        assertThat(read(200, body)).isInstanceOf(Unusable.class);
    }

    @Test
    void htmlPageWithCode200IsUnavailable() {
        assertThat(read(200, "<!doctype html><p>Sign in")).satisfies(isUnavailable(Cause.MALFORMED));
        assertThat(ResultAnswer.read(HttpReply.Received.of(
                        200,
                        Map.of("content-type", "text/html; charset=utf-8"),
                        new ResponseBody("Sign in", false, null),
                        Instant.EPOCH)))
                .satisfies(isUnavailable(Cause.MALFORMED));
    }

    @ParameterizedTest
    @CsvSource({
        "'', HTTP 200 with an empty body",
        "'  ', HTTP 200 with an empty body",
        "<p>, HTTP 200 with an HTML page",
        "words, HTTP 200 with a body that is no JSON"
    })
    void unreadableBodyIsNamed(String body, String detail) {
        assertThat(read(200, body)).isEqualTo(new Unavailable(Cause.MALFORMED, detail));
    }

    @ParameterizedTest
    @CsvSource({"499, true", "500, true", "503, true", "418, true", "404, false", "429, false"})
    void listWithAMessageAloneFails(int code, boolean fails) {
        assertThat(read(code, "{\"detail\":[{\"msg\":\"m\"}]}") instanceof Failed)
                .isEqualTo(fails);
    }

    @ParameterizedTest
    @CsvSource({
        "299, HTTP 299",
        "300, 'HTTP 300 (a redirect, which is never followed)'",
        "399, 'HTTP 399 (a redirect, which is never followed)'",
        "400, HTTP 400",
        "405, 'HTTP 405 (is the endpoint configured as owner/app, without a sub path?)'"
    })
    void redirectsAreNamed(int code, String detail) {
        assertThat(read(code, "")).isEqualTo(new Unavailable(Cause.UNEXPECTED_CODE, detail));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "{\"a\":", "{}{}", "plain words", "{a:1}", "{'a':1}"})
    void bodyThatCannotBeReadSaysNothingAboutTheTraining(String body) {
        assertThat(read(200, body)).satisfies(isUnavailable(Cause.MALFORMED));
    }

    @Test
    void askedTooEarlyIsInProgress() {
        assertThat(read(400, "{\"detail\":\"Request is still in progress\"}")).isEqualTo(new InProgress(null));
        assertThat(read(202, "{\"status\":\"IN_PROGRESS\"}")).isEqualTo(new InProgress(null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"request is still in progress", "Request is still in progress.", "The zip is still in progress"})
    void otherDetailIsAModelFailure(String detail) {
        assertThat(read(400, "{\"detail\":\"" + detail + "\"}")).satisfies(failedWith(400, "", detail, false));
        assertThat(read(409, "{\"detail\":\"Request is still in progress\"}")).isInstanceOf(Failed.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 406, 409, 410, 411, 412, 413, 415, 416, 418, 422, 423, 424, 428, 431, 451})
    void plainTextOfAModelIsAFailure(int code) {
        assertThat(read(code, "{\"detail\":\"Invalid zip file\"}"))
                .satisfies(failedWith(code, "", "Invalid zip file", false))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.raw()).hasToString("{\"detail\":\"Invalid zip file\"}"));
        assertThat(read(code, "{\"detail\":{\"reason\":\"bad\"}}")).isInstanceOf(Failed.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {405, 407, 408, 425, 429})
    void transportErrorTextIsTrouble(int code) {
        assertThat(read(code, "{\"detail\":\"Method Not Allowed\"}")).isInstanceOf(FalAnswer.Trouble.class);
    }

    @Test
    void goneResultIsNotFoundUnlessTheModelSaysWhy() {
        assertThat(read(410, "")).isEqualTo(new NotFound("HTTP 410"));
        assertThat(read(410, "{\"detail\":null}")).isEqualTo(new NotFound("HTTP 410"));
        assertThat(read(410, "<html>")).satisfies(isUnavailable(Cause.UNEXPECTED_CODE));
    }

    @Test
    void unknownApplicationIsNoMatterOfTheTraining() {
        assertThat(read(404, "{\"detail\":\"Application \\\"fal-ai/x\\\" not found\"}"))
                .isEqualTo(new FalAnswer.ApplicationUnknown("HTTP 404: Application \"fal-ai/x\" not found"));
    }

    private static String complaint(String output) {
        return new Output(JsonParser.parseString(output).getAsJsonObject()).complaint();
    }

    @Test
    void wordsInsideAnOutputAreFound() {
        assertThat(complaint("{\"error\":\"CUDA out of memory\"}")).isEqualTo("CUDA out of memory");
        assertThat(complaint("{\"error\":false,\"message\":\"no face\"}")).isEqualTo("no face");
        assertThat(complaint("{\"error\":null,\"detail\":[]}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 202, 204, 206, 301, 400, 405, 409})
    void codesThatTellNothingAreTrouble(int code) {
        assertThat(read(code, "{\"finetune_id\":\"x\"}")).satisfies(isUnavailable(Cause.UNEXPECTED_CODE));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 413, 422, 500, 503})
    void modelErrorListIsAFailureWhateverTheCode(int code) {
        assertThat(read(code, MODEL_ERROR))
                .satisfies(failedWith(
                        code, "archive_file_count_below_minimum", "body.images_data_url: too few files", false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"detail\":\"no face\"}                       | no face",
                "{\"detail\":{\"msg\":\"no face\"}}             | no face",
                "{\"detail\":{\"a\":1,\"input\":\"secret\"}}    | {\"a\":1}",
                "{\"detail\":[\"one\",\"two\"]}                 | one; two",
                "{\"detail\":[{\"loc\":[\"body\",0],\"msg\":\"m\"}]} | body.0: m",
                "{\"detail\":[]}                                | ''",
                "{\"detail\":null}                              | ''",
                "{\"detail\":5}                                 | 5",
                "{}                                             | ''",
                "''                                             | ''"
            })
    void validationErrorIsAFailureWithEveryShapeOfDetail(String body, String detail) {
        assertThat(read(422, body)).satisfies(failedWith(422, "", detail, false));
    }

    @Test
    void htmlWithCode422IsUnavailable() {
        assertThat(read(422, "<html>")).satisfies(isUnavailable(Cause.UNEXPECTED_CODE));
    }

    @Test
    void detailIsOneBoundedLine() {
        String body = "{\"detail\":[{\"type\":\"t\",\"msg\":\"" + "a\\n\\t".repeat(5_000) + "\"}]}";
        assertThat(read(422, body))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.error().detail())
                                .hasSizeLessThanOrEqualTo(500)
                                .startsWith("a a a")
                                .doesNotContain("\n", "\t"));
    }

    @Test
    void platformErrorIsAFailureByBodyOrByHeader() {
        assertThat(read(503, "{\"detail\":\"Runner disconnected\",\"error_type\":\"runner_disconnected\"}"))
                .satisfies(failedWith(503, "runner_disconnected", "Runner disconnected", true));
        assertThat(read(504, Map.of("x-fal-error-type", "request_timeout"), "<html>"))
                .satisfies(failedWith(504, "request_timeout", "", true));
    }

    @ParameterizedTest
    @CsvSource({
        "x-fal-retryable,true,true",
        "x-fal-retryable,false,false",
        "x-fal-needs-retry,1,true",
        "x-fal-needs-retry,TRUE,true",
        "x-fal-needs-retry,0,false",
        "x-fal-needs-retry,junk,false"
    })
    void headerDecidesWhetherANewSubmitMayHelp(String header, String value, boolean retryable) {
        for (String type : new String[] {"generation_timeout", "runner_disconnected"}) {
            assertThat(read(500, Map.of(header, value), "{\"detail\":\"x\",\"error_type\":\"" + type + "\"}"))
                    .satisfies(failedWith(500, type, "x", retryable));
        }
    }

    @Test
    void cancelledRequestIsCancelled() {
        assertThat(read(499, "")).isInstanceOf(Cancelled.class);
        assertThat(read(499, "{\"detail\":\"x\"}")).isInstanceOf(Cancelled.class);
        assertThat(read(499, "{\"detail\":\"x\",\"error_type\":\"client_cancelled\"}"))
                .isInstanceOf(Cancelled.class);
        assertThat(read(400, "{\"detail\":\"x\",\"error_type\":\"client_cancelled\"}"))
                .isInstanceOf(Cancelled.class);
        assertThat(read(499, "{\"detail\":\"x\",\"error_type\":\"client_disconnected\"}"))
                .isInstanceOf(Failed.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 402, 403})
    void refusedAccessNeverFailsATraining(int code) {
        assertThat(read(code, "{\"detail\":\"no\",\"error_type\":\"unauthorized\"}"))
                .isInstanceOf(RequestRefused.class);
        assertThat(read(code, Map.of("x-fal-error-type", "x"), "{\"detail\":[\"no\"]}"))
                .isInstanceOf(RequestRefused.class);
    }

    @Test
    void rateLimitNeverFailsATraining() {
        assertThat(read(429, "{\"detail\":\"x\",\"error_type\":\"concurrent_requests_limit\"}"))
                .isEqualTo(new RateLimited(Duration.ofSeconds(30)));
        assertThat(read(429, MODEL_ERROR)).isInstanceOf(RateLimited.class);
    }

    @Test
    void lostResultIsNotFound() {
        assertThat(read(404, "{\"detail\":\"Request not found\"}"))
                .isEqualTo(new NotFound("HTTP 404: Request not found"));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504})
    void serverErrorIsTheModelsOwnCodeOrGatewayTrouble(int code) {
        assertThat(read(code, "{\"detail\":\"GPU error\"}"))
                .isInstanceOfSatisfying(FalAnswer.Failing.class, failing -> {
                    assertThat(failing.error()).isEqualTo(new FalError(code, "", "GPU error", false));
                    assertThat(failing.raw()).hasToString("{\"detail\":\"GPU error\"}");
                });
        assertThat(read(code, "<html>nginx</html>")).satisfies(isUnavailable(Cause.SERVER_ERROR));
        assertThat(read(code, "")).satisfies(isUnavailable(Cause.SERVER_ERROR));
        assertThat(read(code, "{\"detail\":null}")).satisfies(isUnavailable(Cause.SERVER_ERROR));
    }

    private static FalAnswer.Result read(int code, String body) {
        return read(code, Map.of(), body);
    }

    private static FalAnswer.Result read(int code, Map<String, String> headers, String body) {
        return ResultAnswer.read(
                HttpReply.Received.of(code, headers, new ResponseBody(body, false, null), Instant.EPOCH));
    }

    private static Consumer<FalAnswer> failedWith(int code, String type, String detail, boolean retryable) {
        return answer -> assertThat(answer)
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.error()).isEqualTo(new FalError(code, type, detail, retryable)));
    }

    private static Consumer<FalAnswer> isUnavailable(Cause cause) {
        return answer -> assertThat(answer)
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        trouble -> assertThat(trouble.cause()).isEqualTo(cause));
    }
}
