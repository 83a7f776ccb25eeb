package avatarmonitor.web;

import static avatarmonitor.testing.TestDatabase.H2;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that a real server accepts: through the documented proxies, by the letter of HTTP, and from browsers on
 * foreign pages.
 */
class StrictHttpTest {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(25);
    private static final String READ = "/api/v1/overview";

    /** Values of nginx's variables. */
    private static final Map<String, String> NGINX =
            Map.of("$host", "monitor.example.com", "$remote_addr", "203.0.113.9", "$scheme", "https", "\"\"", "");

    /** Headers that Caddy adds by itself. */
    private static final String CADDY = """
            Host: monitor.example.com\r
            X-Forwarded-For: 203.0.113.9\r
            X-Forwarded-Host: monitor.example.com\r
            X-Forwarded-Proto: https\r
            Via: 1.1 Caddy\r
            """;

    @AutoClose
    private static final HttpSite site = HttpSite.on(H2);

    private static String nginx() throws Exception {
        Map<String, String> headers = new TreeMap<>();
        Pattern.compile("proxy_set_header (\\S+) (\\S+);")
                .matcher(Files.readString(Path.of("docs/http.md")))
                .results()
                .forEach((MatchResult set) -> headers.put(set.group(1), NGINX.get(set.group(2))));
        assertThat(headers)
                .containsKeys("Host", "X-Forwarded-For", "X-Forwarded-Proto")
                .doesNotContainValue(null);
        return headers.entrySet().stream()
                .filter(header -> !header.getValue().isEmpty())
                .map(header -> header.getKey() + ": " + header.getValue() + "\r\n")
                .collect(Collectors.joining());
    }

    private static int status(String method, String path, String headers) {
        try (RawClient client =
                site.raw().send(method + " " + path + " HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n")) {
            String answer = client.rest(ANSWER_MAX);
            return answer.matches("(?s)HTTP/1\\.1 \\d{3} .*") ? Integer.parseInt(answer.substring(9, 12)) : 0;
        }
    }

    @Test
    void documentedProxiesOpenThePageAndDemandTheTokenForData() throws Exception {
        String token = "Authorization: Bearer " + HttpSite.TOKEN + "\r\n";
        for (String proxy : new String[] {nginx(), CADDY}) {
            String own = proxy + token + "Origin: https://monitor.example.com\r\nSec-Fetch-Site: same-origin\r\n";
            String foreign = proxy + token + "Origin: https://evil.example.com\r\nSec-Fetch-Site: cross-site\r\n";
            String action = "/api/v1/avatars/0198a1b2-0000-7000-8000-000000000001/unmonitor";

            assertThat(status("GET", "/", proxy)).isEqualTo(200);
            for (String path : new String[] {READ, "/metrics", "/api/v1/stream", "/api/v1/avatars"}) {
                assertThat(status("GET", path, proxy)).as(path).isEqualTo(401);
            }
            assertThat(status("GET", READ, own)).isEqualTo(200);
            assertThat(status("GET", READ, foreign)).isEqualTo(403);
            assertThat(status("POST", action, own + "Content-Length: 0\r\n")).isEqualTo(200);
            assertThat(status("POST", action, foreign + "Content-Length: 0\r\n"))
                    .isEqualTo(403);
            assertThat(site.callers.get(site.callers.size() - 1))
                    .hasToString("Actor[name=http.token, channel=page, address=127.0.0.1 203.0.113.9]");
        }
        assertThat(site.callers).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET     | Sec-Fetch-Site: cross-site         | 403
            HEAD    | Sec-Fetch-Site: cross-site         | 403
            GET     | Sec-Fetch-Site: same-site          | 403
            GET     | Origin: http://evil.example.com    | 403
            HEAD    | Origin: null                       | 403
            HEAD    | X-Forwarded-Proto: https           | 401
            GET     | X-Forwarded-Proto: https           | 401
            GET     | Sec-Fetch-Site: none               | 200
            HEAD    | Sec-Fetch-Site: same-origin        | 200
            OPTIONS | Origin: http://evil.example.com    | 405
            TRACE   | Origin: http://evil.example.com    | 405
            """)
    void methodMakesNoDifference(String method, String header, int status) {
        assertThat(status(method, READ, "Host: 127.0.0.1\r\n" + header + "\r\n"))
                .isEqualTo(status);
    }

    @Test
    void preflightOfABrowserGetsNoPermission() {
        try (RawClient client = site.raw()
                .send("OPTIONS " + READ + " HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example.com\r\n"
                        + "Access-Control-Request-Method: GET\r\nConnection: close\r\n\r\n")) {
            assertThat(client.rest(ANSWER_MAX).toLowerCase(Locale.ROOT))
                    .startsWith("http/1.1 405")
                    .doesNotContain("access-control");
        }
    }

    /** Each line replaces the Host header; a lenient server would answer some of them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host : 127.0.0.1",
                "Host: 127.0.0.1\nX: line that ends with LF alone",
                "Host: 127.0.0.1\r\n Folded: header",
                "Host: 127.0.0.1\r\nContent-Length: 0\r\nContent-Length: 1",
                "Host: 127.0.0.1\r\nContent-Length: 0\r\nTransfer-Encoding: chunked",
                "Host: 127.0.0.1\r\nTransfer-Encoding: identity",
                "Host: 127.0.0.1\r\nTransfer-Encoding: chunked, gzip",
                "Host: 127.0.0.1\r\nHost: 127.0.0.1",
                "Host: 127.0.0.1\r\nNo-Colon",
                "Host: 127.0.0.1\r\n: no name",
                "Host: 127.0.0.1\r\nBad Name: x",
                "Host: 127.0.0.1:99999",
                "Host: 127.0.0.1:abc",
                "Host: user@127.0.0.1",
                "Host: 127.0.0.1/path",
                "Host:",
                "X: 1"
            })
    void requestThatBreaksTheRulesIsRefused(String headers) {
        assertThat(status("GET", READ, headers + "\r\n")).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "Get", "GET\t", "POST\u0000"})
    void methodIsReadByItsLetters(String method) {
        assertThat(status(method, READ, "Host: 127.0.0.1\r\n")).isBetween(400, 499);
    }

    @Test
    void nameThatDrivesTerminalsIsEscapedInJson() {
        site.avatars().run("""
                INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)
                VALUES (random_uuid(), U&'a\\009b31mRED\\0085\\2028\\202e', 'PORTRAIT', 'TRAINING', 'req-c1', now())""");
        HttpRequest.Builder request = site.to("/api/v1/avatars?state=unwatched&q=req-c1");
        HttpResponse<String> answer = site.send(request);

        assertThat(new String(answer.body().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                .contains("a\\u009b31mRED\\u0085\\u2028\\u202e")
                .doesNotContain("\u009b", "\u0085", "\u2028", "\u202e");
        assertThat(JsonParser.parseString(answer.body())
                        .getAsJsonObject()
                        .getAsJsonArray("rows")
                        .get(0)
                        .getAsJsonObject()
                        .get("name")
                        .getAsString())
                .isEqualTo("a\u009b31mRED\u0085\u2028\u202e");
    }
}
