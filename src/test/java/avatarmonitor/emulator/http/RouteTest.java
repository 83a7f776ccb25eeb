package avatarmonitor.emulator.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {

    @ParameterizedTest
    @CsvSource({
        "GET, /a/b/requests/R, RESULT, a/b",
        "GET, /a/b/requests/R/, RESULT, a/b",
        "GET, /a/b/requests/R/response, RESULT, a/b",
        "GET, /a/b/requests/R/status, STATUS, a/b",
        "GET, /a/b/requests/R/status/, STATUS, a/b",
        "GET, /a/b/requests/R/status/stream, STREAM, a/b",
        "PUT, /a/b/requests/R/cancel, CANCEL, a/b",
        "GET, /workflows/o/w/requests/R/status, STATUS, workflows/o/w",
        "GET, /comfy/o/w/requests/R, RESULT, comfy/o/w",
        "GET, /requests/requests/requests/R, RESULT, requests/requests",
    })
    void questionsNameTheAppAndTheRequest(String method, String path, Op op, String endpoint) {
        assertThat(Route.of(null, method, path, true)).isEqualTo(new Route.About(op, endpoint, "R"));
    }

    @ParameterizedTest
    @CsvSource({
        "/a/b, a/b",
        "/a/b/, a/b",
        "/fal-ai/flux-pro/v1.1/finetune, fal-ai/flux-pro/v1.1/finetune",
        "/workflows/o/w, workflows/o/w",
        "/workflows/o/w/deep/er, workflows/o/w/deep/er",
        "/a/b/requests, a/b/requests",
    })
    void submitMayHaveASubPath(String path, String endpoint) {
        assertThat(Route.of(null, "POST", path, true)).isEqualTo(new Route.Submit(endpoint));
    }

    @Test
    void questionBelowASubPathIs405UnlessPathsAreLenient() {
        String path = "/fal-ai/flux-pro/v1.1/finetune/requests/R/status";
        assertThat(codeOf(Route.of(null, "GET", path, true))).isEqualTo(405);
        assertThat(Route.of(null, "GET", path, false)).isEqualTo(new Route.About(Op.STATUS, "fal-ai/flux-pro", "R"));
    }

    @ParameterizedTest
    @CsvSource({"DELETE, /a/b, 405", "GET, /a/b, 405", "POST, /a/b/requests/R, 405", "POST, /a/b/requests/R/status, 405"
    })
    @CsvSource({"GET, /a/b/requests/R/cancel, 405", "PUT, /a/b/requests/R, 405", "POST, /.well-known/jwks.json, 405"})
    void wrongMethodIs405(String method, String path, int code) {
        assertThat(codeOf(Route.of(null, method, path, true))).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "//",
                "/a",
                "/a//b",
                "/a/../b",
                "/a/./b",
                "/a/b%2e",
                "/workflows/o",
                "/a/b/requests/R/nothing",
                "/a/b/requests/R/status/stream/more",
                "/a/b/requests/../status",
                "/a/b//"
            })
    void pathThatTheQueueDoesNotHaveIs404(String path) {
        assertThat(codeOf(Route.of(null, "GET", path, true))).isEqualTo(404);
    }

    @Test
    void endlessPathIs404() {
        assertThat(codeOf(Route.of(null, "POST", "/a".repeat(10_000), true))).isEqualTo(404);
    }

    private static int codeOf(Route route) {
        assertThat(route).isInstanceOf(Route.Refused.class);
        return ((Route.Refused) route).reply().code();
    }
}
