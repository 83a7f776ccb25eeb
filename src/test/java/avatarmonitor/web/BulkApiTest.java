package avatarmonitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.testing.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /api/v1/bulk/…}: what is handed on, and what is refused. */
final class BulkApiTest {
    private static final String ID = "0198a1b2-0000-7000-8000-000000000001";

    @AutoClose
    private final HttpSite site = HttpSite.on(TestDatabase.H2);

    private HttpResponse<String> post(String action, String body) {
        return site.post("/api/v1/bulk/" + action, body);
    }

    @Test
    void selectionAndIdsAreHandedOn() {
        String where = "{\"where\":{\"state\":\"failing\",\"type\":\"style\",\"worker\":\"w-1\",\"q\":\"ada\"},"
                + "\"after\":\"" + ID + "\",\"dry_run\":true}";
        assertThat(post("check", where).body())
                .isEqualTo("{\"action\":\"check\",\"dry_run\":true,\"matched\":0,\"done\":0,\"not_done\":0,\"left\":0,"
                        + "\"next\":null,\"outcomes\":{},\"rows\":[]}");
        post("cancel", "{\"ids\":[\"" + ID + "\",\"" + ID + "\"]}");
        post("monitor", "{\"where\":{\"state\":\"unmonitored\"}}");
        post("unmonitor", "{\"where\":{\"state\":\"watched\"},\"dry_run\":false}");
        assertThat(site.asked)
                .containsExactly(
                        "bulk CHECK state=failing,type=style,worker=w-1,q=ada " + ID + " true",
                        "bulk CANCEL [" + ID + "] null false",
                        "bulk MONITOR state=unmonitored null false",
                        "bulk UNMONITOR state=watched null false");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "{\"ids\":[]}",
                "{\"ids\":[\"x\"]}",
                "{\"ids\":[5]}",
                "{\"ids\":\"" + ID + "\"}",
                "{\"ids\":[\"" + ID + "\"],\"after\":\"" + ID + "\"}",
                "{\"ids\":[\"" + ID + "\"],\"where\":{\"state\":\"late\"}}",
                "{\"where\":\"state=late\"}",
                "{\"where\":{}}",
                "{\"where\":{\"state\":\"fialing\"}}",
                "{\"where\":{\"state\":\"late\",\"type\":\"unknown\"}}",
                "{\"where\":{\"state\":\"late\",\"color\":\"red\"}}",
                "{\"where\":{\"state\":\"late\"},\"dry_run\":\"true\"}",
                "{\"where\":{\"state\":\"late\"},\"after\":\"x\"}",
                "{\"where\":{\"state\":\"late\"},\"dryrun\":true}"
            })
    void badBodyIsRefused(String body) {
        HttpResponse<String> answer = post("check", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("Bad body");
        assertThat(site.asked).isEmpty();
    }

    @Test
    void selectionThatTakesTooLongIsRefusedWithAdvice() {
        site.slowSelection = true;
        HttpResponse<String> answer = post("check", "{\"where\":{\"state\":\"late\"}}");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("Selection too slow", "select fewer, or use the command");
    }

    @Test
    void idsAreLimitedToTwoHundred() {
        String most = "\""
                + String.join(
                        "\",\"", Collections.nCopies(200, UUID.randomUUID().toString())) + "\"";
        assertThat(post("check", "{\"ids\":[" + most + "]}").statusCode()).isEqualTo(200);
        assertThat(post("check", "{\"ids\":[" + most + ",\"" + ID + "\"]}").body())
                .contains("1 to 200 avatar ids");
    }

    @Test
    void tokenIsRequiredAndForeignPagesAreRefused() {
        HttpRequest.BodyPublisher body =
                HttpRequest.BodyPublishers.ofString("{\"where\":{\"state\":\"late\"},\"dry_run\":true}");
        assertThat(site.send(site.to("/api/v1/bulk/check").POST(body)).statusCode())
                .isEqualTo(401);
        assertThat(site.send(site.to("/api/v1/bulk/check")
                                .header("Authorization", "Bearer " + HttpSite.TOKEN)
                                .header("Origin", "https://elsewhere.example")
                                .POST(body))
                        .statusCode())
                .isEqualTo(403);
        assertThat(site.asked).isEmpty();
    }
}
