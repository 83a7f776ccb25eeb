package avatarmonitor.fal;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.ModelLife.Alive;
import avatarmonitor.fal.ModelLife.Gone;
import avatarmonitor.fal.ModelLife.Unclear;
import avatarmonitor.http.Egress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Files are requested with HEAD, or GET where that is refused, without the key, and only their server's answer counts.
 */
final class ModelFilesTest {
    @AutoClose
    private final CannedFal server = new CannedFal();

    @AutoClose
    private final ModelFiles files = new ModelFiles(Egress.DIRECT, true);

    private ModelLife look(String path) {
        return files.probe(List.of(server.url() + path));
    }

    @ParameterizedTest
    @CsvSource({
        "200, Alive",
        "204, Alive",
        "299, Alive",
        "300, Unclear",
        "302, Unclear",
        "404, Gone",
        "410, Gone",
        "429, Unclear",
        "500, Unclear",
        "503, Unclear"
    })
    void codeIsInterpreted(int code, String life) {
        server.answersWith(code, Map.of(), "");
        assertThat(look("/a").getClass().getSimpleName()).isEqualTo(life);
        assertThat(server.requests).containsExactly("HEAD /a");
        assertThat(server.keys).as("never with the key").containsExactly("");
    }

    @ParameterizedTest
    @CsvSource({
        "401, 200, Alive",
        "403, 200, Alive",
        "403, 206, Alive",
        "405, 206, Alive",
        "501, 416, Alive",
        "400, 206, Alive",
        "403, 404, Gone",
        "405, 410, Gone",
        "401, 401, Unclear",
        "403, 403, Unclear",
        "405, 405, Unclear",
        "403, 503, Unclear"
    })
    void whereHeadIsRefusedTheFirstByteIsAskedFor(int head, int get, String life) {
        server.answersWith(head, Map.of(), "");
        server.answersGetWith(get, "the whole file".repeat(100_000));
        assertThat(look("/a").getClass().getSimpleName()).isEqualTo(life);
        assertThat(server.requests).containsExactly("HEAD /a", "GET /a bytes=0-0");
        assertThat(server.keys).containsOnly("");
    }

    @Test
    void urlThatAParserRefusesIsSentEscaped() {
        server.answersWith(200, Map.of(), "");
        assertThat(look("/my lora[1].bin?h=a|b%20ü")).isEqualTo(new Alive());
        assertThat(server.requests).containsExactly("HEAD /my%20lora%5B1%5D.bin?h=a%7Cb%20%C3%BC");
    }

    @ParameterizedTest
    @CsvSource({
        "ftp://127.0.0.1/a, redirects to ftp",
        "file:///etc/passwd, redirects to no URL",
        "http://[bad/a, redirects to no URL",
        "/a, redirects more than 3 times"
    })
    void redirectLeadsToNoOtherSchemeAndNotForEver(String location, String reason) {
        server.answersWith(302, Map.of("Location", location), "");
        assertThat(look("/a")).isEqualTo(new Unclear(server.url() + "/a " + reason));
        assertThat(server.requests).hasSize(reason.contains("more than") ? 4 : 1);
    }

    @ParameterizedTest
    @CsvSource({"300, 4", "399, 4", "400, 2", "500, 1"})
    void onlyACodeOf3xxRedirects(int code, int requests) {
        server.answersWith(code, Map.of("Location", "/a"), "");
        assertThat(look("/a")).isInstanceOf(Unclear.class);
        assertThat(server.requests).hasSize(requests);
    }

    @Test
    void urlThatOnlyJavaRefusesCountsAsAvailable() {
        assertThat(files.probe(List.of("http://under_score.example/a"))).isEqualTo(new Alive());
    }

    @ParameterizedTest
    @CsvSource({
        "http://[::1]:80/a[1], http://[::1]:80/a%5B1%5D",
        "/a[1]/b, /a%5B1%5D/b",
        "?x=[1], ?x=%5B1%5D",
        "https://a.example/q?u=http://b/[1], https://a.example/q?u=http://b/%5B1%5D",
        "https://a.example/%41|ü, https://a.example/%41%7C%C3%BC"
    })
    void onlyBracketsOfAnAddressStay(String url, String escaped) {
        assertThat(ModelFiles.escaped(url)).hasToString(escaped);
    }

    @Test
    void afterCloseNoRequestIsSent() {
        server.answersWith(200, Map.of(), "");
        files.close();
        assertThat(look("/a")).isInstanceOf(Unclear.class);
        assertThat(server.requests).isEmpty();
    }

    @Test
    void httpsIsNotLeftForHttp() {
        try (ModelFiles remote = new ModelFiles(Egress.DIRECT, false)) {
            assertThat(remote.probe(List.of(server.url() + "/a"))).isInstanceOf(Unclear.class);
        }
        assertThat(server.requests).isEmpty();
    }

    @Test
    void worstOfSeveralCountsAndRefusedConnectionIsUnclear() {
        server.answersWith(410, Map.of(), "");
        assertThat(files.probe(List.of("http://127.0.0.1:1/a", server.url() + "/b")))
                .isEqualTo(new Gone(server.url() + "/b answers HTTP 410"));
        assertThat(files.probe(List.of("http://127.0.0.1:1/a")))
                .isEqualTo(new Unclear("http://127.0.0.1:1/a does not answer: HttpHostConnectException"));
        assertThat(files.probe(List.of())).isEqualTo(new Alive());
    }
}
