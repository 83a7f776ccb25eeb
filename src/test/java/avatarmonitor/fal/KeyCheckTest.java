package avatarmonitor.fal;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.KeyCheck.Outcome;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyCheckTest {

    @Test
    void unknownRequestMeansThatTheKeyIsAccepted() {
        try (CannedFal fal = new CannedFal()) {
            assertThat(check(fal.url()).outcome()).isEqualTo(Outcome.ACCEPTED);
            assertThat(fal.requests.element())
                    .matches("GET /fal-ai/flux-lora-portrait-trainer/requests/[0-9a-f-]{36}/status");
        }
    }

    @Test
    void refusedKeyIsReportedWithFalsReason() {
        try (CannedFal fal = new CannedFal()) {
            fal.answersWith(401, "{\"detail\":\"invalid key credentials\"}");
            assertThat(check(fal.url())).isEqualTo(new KeyCheck(Outcome.REFUSED, "HTTP 401: invalid key credentials"));
            fal.answersWith(403, "");
            assertThat(check(fal.url()).outcome()).isEqualTo(Outcome.REFUSED);
        }
    }

    @Test
    void whoDoesNotTalkLikeFalLeavesItUnclear() {
        try (CannedFal fal = new CannedFal()) {
            fal.answersWith(404, Map.of("Content-Type", "text/html"), "<html>not here</html>");
            assertThat(check(fal.url()).outcome()).isEqualTo(Outcome.UNCLEAR);
            fal.answersWith(429, "");
            assertThat(check(fal.url()).outcome()).isEqualTo(Outcome.UNCLEAR);
        }
    }

    @Test
    void refusedConnectionIsUnreachableWithTheReason() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        KeyCheck check = check(URI.create("http://127.0.0.1:" + port));
        assertThat(check.outcome()).isEqualTo(Outcome.UNREACHABLE);
        assertThat(check.detail()).contains("refused");
    }

    private static KeyCheck check(URI url) {
        try (HttpFalQueue queue = FalFixture.http(url)) {
            return KeyCheck.of(queue, FalFixture.ENDPOINT);
        }
    }
}
