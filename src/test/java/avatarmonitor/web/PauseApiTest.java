package avatarmonitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /api/v1/pause} and {@code resume}. */
final class PauseApiTest {
    @AutoClose
    private final HttpSite site = HttpSite.on(TestDatabase.H2);

    @Test
    void membersAreHandedOnAndAllMayBeMissing() {
        assertThat(site.post("/api/v1/pause", "{\"type\":\"style\",\"reason\":\" why\\n \",\"for_seconds\":90}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(site.post("/api/v1/pause", "").body()).contains("\"outcome\":\"paused\"");
        site.post("/api/v1/resume", "{\"type\":\"style\"}");
        site.post("/api/v1/resume", "{}");
        assertThat(site.asked)
                .containsExactly("pause style why PT1M30S", "pause null null null", "resume style", "resume null");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{",
                "{\"for\":\"30m\"}",
                "{\"for_seconds\":0}",
                "{\"for_seconds\":2592001}",
                "{\"for_seconds\":1.5}",
                "{\"for_seconds\":\"90\"}",
                "{\"for_seconds\":1e9999}",
                "{\"reason\":5}",
                "{\"type\":[\"style\"]}"
            })
    void badBodyIsRefused(String body) {
        HttpResponse<String> answer = site.post("/api/v1/pause", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("Bad body");
        assertThat(site.asked).isEmpty();
    }

    @Test
    void tokenIsRequired() {
        assertThat(site.send(site.to("/api/v1/pause").POST(HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(401);
        assertThat(site.asked).isEmpty();
    }

    @Test
    void overviewHasThePausesInEffect() {
        site.avatars()
                .run("INSERT INTO avatar_monitor_pause (scope, since, reason, actor, channel, address) VALUES"
                        + " ('STYLE', current_timestamp, 'why', 'ada', 'cli', 'here'),"
                        + " ('*', current_timestamp, NULL, 'bob', 'page', 'there')");
        site.avatars().run("UPDATE avatar_monitor_pause SET ended_at = current_timestamp WHERE scope = '*'");
        JsonObject overview = site.json("/api/v1/overview");
        assertThat(overview.getAsJsonArray("polling_pauses")).hasSize(1);
        JsonObject pause = overview.getAsJsonArray("polling_pauses").get(0).getAsJsonObject();
        assertThat(pause.get("training_type").getAsString()).isEqualTo("STYLE");
        assertThat(pause.get("reason").getAsString()).isEqualTo("why");
        assertThat(pause.get("until").isJsonNull()).isTrue();
        assertThat(overview.get("conditions").toString()).contains("paused_by_operator");
    }
}
