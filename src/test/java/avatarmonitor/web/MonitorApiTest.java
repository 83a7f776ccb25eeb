package avatarmonitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.testing.TestDatabase;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of a training in the body of {@code POST /api/v1/avatars/ID/monitor}. */
final class MonitorApiTest {
    private static final String ID = "0198a1b2-0000-7000-8000-000000000001";

    @AutoClose
    private final HttpSite site = HttpSite.on(TestDatabase.H2);

    private HttpResponse<String> post(String body) {
        return site.post("/api/v1/avatars/" + ID + "/monitor", body);
    }

    @Test
    void settingsAreHandedOnAndAllMayBeMissing() {
        post("");
        post("{\"window_seconds\":null}");
        post("{\"window_seconds\":10800,\"interval_seconds\":30,\"deadline\":\"2026-12-24T19:00:00.9+01:00\"}");
        post("{\"interval_seconds\":45}");
        post("{\"priority\":8}");
        assertThat(post("{\"clear\":true}").statusCode()).isEqualTo(200);
        assertThat(site.asked)
                .containsExactly(
                        "monitor " + ID,
                        "monitor " + ID,
                        "monitor " + ID + " window 3h, interval 30s, deadline 2026-12-24T18:00:00Z",
                        "monitor " + ID + " interval 45s",
                        "monitor " + ID + " priority 8",
                        "monitor " + ID + " as configured");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "[] | the body must be a JSON object, or empty",
                "{'window_seconds': | the body is not JSON",
                "{'window':'3h'} | the body has an unknown member; expected one of clear, deadline, interval_seconds, priority, window_seconds",
                "{'priority':'high'} | priority must be a whole number",
                "{'priority':-1} | priority must be a whole number",
                "{'priority':2.5} | priority must be a whole number",
                "{'window_seconds':'3h'} | window_seconds must be a whole number",
                "{'window_seconds':'10800'} | window_seconds must be a whole number",
                "{'window_seconds':-1} | window_seconds must be a whole number",
                "{'interval_seconds':1.5} | interval_seconds must be a whole number",
                "{'interval_seconds':1e3} | interval_seconds must be a whole number",
                "{'interval_seconds':9999999999} | interval_seconds must be a whole number",
                "{'interval_seconds':[30]} | interval_seconds must be a whole number",
                "{'deadline':'tomorrow'} | deadline must be a time such as 2026-12-24T18:00:00Z",
                "{'deadline':'2026-12-24T18:00:00'} | deadline must be a time such as 2026-12-24T18:00:00Z",
                "{'deadline':'2026-02-30T18:00:00Z'} | deadline must be a time such as 2026-12-24T18:00:00Z",
                "{'deadline':1798135200} | deadline must be a text",
                "{'clear':'yes'} | clear must be true or false"
            })
    void badSettingIsRefusedByName(String body, String detail) {
        HttpResponse<String> answer = post(body.replace('\'', '"'));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("\"detail\":\"" + detail + "\"");
        assertThat(site.asked).isEmpty();
    }
}
