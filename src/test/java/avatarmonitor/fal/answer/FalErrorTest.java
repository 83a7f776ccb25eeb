package avatarmonitor.fal.answer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text, status code and charge of an error, from the parts that fal named. */
final class FalErrorTest {
    @ParameterizedTest
    @CsvSource({
        "422, value_error, too few images, value_error: too few images (HTTP 422), 422, MAYBE",
        "422, '', too few images, too few images (HTTP 422), 422, MAYBE",
        "500, internal_error, '', internal_error (HTTP 500), 500, NO",
        "499, '', '', fal gave no reason (HTTP 499), 499, MAYBE",
        "200, '', no model, no model (HTTP 200), 200, YES",
        "0, runner_server_error, gone, runner_server_error: gone, 500, NO",
        "0, bad_request, gone, bad_request: gone, 400, MAYBE",
        "0, '', gone, gone, 0, MAYBE",
        "0, '', '', fal gave no reason (HTTP 0), 0, MAYBE",
    })
    void partsOfAnError(int code, String type, String detail, String text, int http, Charged charged) {
        FalError error = new FalError(code, type, detail, false);
        assertThat(error.describe()).isEqualTo(text);
        assertThat(error.httpCode()).isEqualTo(http);
        assertThat(error.charged()).isEqualTo(charged);
    }
}
