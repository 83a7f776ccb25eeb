package avatarmonitor.fal;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.answer.PlatformApiAnswer;
import avatarmonitor.fal.answer.PlatformApiAnswer.Absent;
import avatarmonitor.fal.answer.PlatformApiAnswer.Ended;
import avatarmonitor.fal.answer.PlatformApiAnswer.Running;
import avatarmonitor.fal.answer.PlatformApiAnswer.Unclear;
import avatarmonitor.http.Egress;
import com.google.gson.JsonParser;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The platform API is called rarely, not called again after a refusal, and its answers are not trusted. */
final class PlatformApiTest {
    private static final FalRequestId ID = new FalRequestId("r-1");

    @AutoClose
    private final CannedFal api = new CannedFal();

    private final List<String> refusals = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-29T10:00:00Z");
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    @AutoClose
    private final PlatformApi history = history(new FalConfig(
            URI.create("http://127.0.0.1:1"),
            new FalKey("id:secret"),
            Duration.ofSeconds(5),
            5,
            FalConfig.History.AUTO,
            URI.create(api.url() + "/v1/")));

    private PlatformApi history(FalConfig config) {
        EndpointListener listener = new EndpointListener() {
            @Override
            public void endpointUnknown(String endpoint, String reason) {}

            @Override
            public void endpointsKnown() {}

            @Override
            public void historyRefused(String reason) {
                refusals.add(reason);
            }
        };
        return new PlatformApi(config, Egress.DIRECT, listener, () -> now, nanos::get);
    }

    private void passes(Duration time) {
        nanos.addAndGet(time.toNanos());
        now = now.plus(time);
    }

    private PlatformApiAnswer find() {
        passes(Duration.ofSeconds(2));
        return history.find(ID, List.of("fal-ai/flux-2-trainer", "fal-ai/flux-2-trainer/edit"));
    }

    @Test
    void requestIsAskedForByItsIdAndEachEndpoint() {
        api.answersWith(200, "{\"items\":[]}");
        assertThat(find()).isEqualTo(new Absent());
        assertThat(api.requests)
                .containsExactly("GET /v1/models/requests/by-endpoint?endpoint_id=fal-ai%2Fflux-2-trainer"
                        + "&endpoint_id=fal-ai%2Fflux-2-trainer%2Fedit&request_id=r-1&expand=payloads");
        assertThat(api.keys).containsExactly("Key id:secret");
    }

    @Test
    void itemOfTheRequestAloneCounts() {
        api.answersWith(200, """
                {"items":[{"request_id":"r-0","ended_at":"2026-11-29T09:00:00Z","status_code":200,"json_output":{"a":0}},
                          {"request_id":"R-1","ended_at":"2026-11-29T09:00:00Z","status_code":200,"json_output":{"a":1}}]}""");
        assertThat(find()).isEqualTo(new Ended(200, JsonParser.parseString("{\"a\":1}")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'request_id':'r-1','ended_at':null} | Running[]",
                "{'request_id':'r-1'} | Running[]",
                "{'request_id':'r-1','ended_at':'x','status_code':200,'json_output':null} | Ended[code=200, output=null]",
                "{'request_id':'r-1','ended_at':'x','status_code':200} | Ended[code=200, output=null]",
                "{'request_id':'r-1','ended_at':'x','status_code':422,'json_output':{'detail':'no'}} | Ended[code=422, output={\"detail\":\"no\"}]",
                "{'request_id':7,'ended_at':'x'} | Absent[]",
                "7 | Absent[]",
            })
    void itemIsReadWithoutTrust(String item, String expected) {
        api.answersWith(200, "{\"items\":[" + item.replace('\'', '"') + "]}");
        assertThat(find().toString()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"401", "403"})
    void refusalIsReportedOnceAndHoldsForADay(int code) {
        api.answersWith(code, "{\"detail\":\"no\"}");
        assertThat(find()).isEqualTo(new Absent());
        assertThat(find()).isEqualTo(new Absent());
        passes(Duration.ofHours(23));
        assertThat(find()).isEqualTo(new Absent());
        assertThat(api.requests).hasSize(1);
        passes(Duration.ofHours(1));
        assertThat(find()).isEqualTo(new Absent());
        assertThat(api.requests).hasSize(2);
        assertThat(refusals).containsExactly("HTTP " + code + ": no");

        passes(Duration.ofDays(1));
        api.answersWith(200, "{\"items\":[]}");
        find();
        api.answersWith(code, "{\"detail\":\"no\"}");
        find();
        assertThat(refusals).as("told again after an answer").hasSize(2);
    }

    @Test
    void unknownEndpointOfOneRequestSaysNothingAboutTheOthers() {
        api.answersWith(404, "{\"detail\":\"Endpoint not found\"}");
        assertThat(find()).isEqualTo(new Unclear("fal's platform API: HTTP 404: Endpoint not found"));
        api.answersWith(200, "{\"items\":[{\"request_id\":\"r-1\"}]}");
        assertThat(find()).isEqualTo(new Running());
        assertThat(refusals).isEmpty();
    }

    @Test
    void troubleSaysNothing() {
        for (int code : new int[] {400, 404, 500, 503, 302, 200}) {
            api.answersWith(code, code == 200 ? "<html>" : "{}");
            assertThat(find()).as("HTTP " + code).isInstanceOf(Unclear.class);
        }
        api.answersWith(200, " ".repeat(1024 * 1024) + "{\"items\":[]}");
        assertThat(find()).as("more than 1 MiB").isInstanceOf(Unclear.class);
        assertThat(refusals).isEmpty();
    }

    @Test
    void paceAndRetryAfterAreKept() {
        api.answersWith(200, "{\"items\":[{\"request_id\":\"r-1\"}]}");
        assertThat(find()).isEqualTo(new Running());
        assertThat(history.find(ID, List.of("o/a"))).isInstanceOf(Unclear.class);
        assertThat(api.requests).as("at most one each second").hasSize(1);
        api.answersWith(429, Map.of("Retry-After", "60"), "{}");
        assertThat(find()).isInstanceOf(Unclear.class);
        passes(Duration.ofSeconds(57));
        assertThat(find()).isInstanceOf(Unclear.class);
        assertThat(api.requests).hasSize(2);
        find();
        assertThat(api.requests).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"429, 60", "401, 86400"})
    void stepOfTheWallClockNeitherEndsNorExtendsAPause(int code, long seconds) {
        api.answersWith(code, Map.of("Retry-After", "60"), "{}");
        find();
        now = now.plus(Duration.ofDays(2));
        find();
        assertThat(api.requests).as("clock set ahead").hasSize(1);
        now = now.minus(Duration.ofDays(4));
        passes(Duration.ofSeconds(seconds));
        find();
        assertThat(api.requests).as("clock set back").hasSize(2);
    }

    @Test
    void endsAreAskedForFromATimeOnTheLatestFirst() {
        api.answersWith(200, "{\"items\":[]}");
        assertThat(list(null)).isEqualTo(new EndedPage.Listed(List.of(), null));
        list("Mg==");
        assertThat(api.requests)
                .containsExactly(
                        "GET /v1/models/requests/by-endpoint?endpoint_id=o%2Fa%2Fsub&start=2026-11-29T09:58:00Z&limit=100&sort_by=ended_at",
                        "GET /v1/models/requests/by-endpoint?endpoint_id=o%2Fa%2Fsub&start=2026-11-29T09:58:00Z&limit=100&sort_by=ended_at"
                                + "&cursor=Mg%3D%3D");
    }

    private EndedPage list(@Nullable String cursor) {
        return history.list(List.of("o/a/sub"), Instant.parse("2026-11-29T09:58:00.999Z"), cursor);
    }

    @Test
    void listIsReadWithoutTrust() {
        api.answersWith(200, """
                {"items":[{"request_id":"r-1","ended_at":"2026-11-29T09:59:00.5+00:00"}, {"request_id":"r-2","ended_at":null},
                  {"request_id":"r-3"}, {"request_id":"../r-4","ended_at":"2026-11-29T09:59:00Z"}, {"request_id":7,"ended_at":7}, 7, null,
                  {"request_id":"r-5","ended_at":"yesterday"}],
                 "next_cursor":"Mg==","has_more":true}""");
        assertThat(list(null))
                .isEqualTo(new EndedPage.Listed(
                        List.of(new EndedPage.Ended(
                                new FalRequestId("r-1"), Instant.parse("2026-11-29T09:59:00.500Z"))),
                        "Mg=="));
        for (String end : List.of("false", "null", "\"yes\"", "7")) {
            api.answersWith(200, "{\"items\":[],\"next_cursor\":\"Mg==\",\"has_more\":" + end + "}");
            assertThat(list(null)).as(end).isEqualTo(new EndedPage.Listed(List.of(), null));
        }
        for (int length : new int[] {0, 1_000, 1_001}) {
            String cursor = "c".repeat(length);
            api.answersWith(200, "{\"items\":[],\"next_cursor\":\"" + cursor + "\",\"has_more\":true}");
            assertThat(list(null)).isEqualTo(new EndedPage.Listed(List.of(), length == 1_000 ? cursor : null));
        }
        api.answersWith(
                200,
                "{\"items\":[" + "{\"request_id\":\"r\",\"ended_at\":\"2026-11-29T09:59:00Z\"},".repeat(200) + "7]}");
        assertThat(list(null)).matches(page -> ((EndedPage.Listed) page).ended().size() == 100);
    }

    @ParameterizedTest
    @CsvSource({
        "401, Refused",
        "403, Refused",
        "404, Missing",
        "429, Limited",
        "400, Unclear",
        "500, Unclear",
        "302, Unclear",
        "200, Unclear"
    })
    void codeOfTheListIsInterpreted(int code, String page) {
        api.answersWith(code, "{\"detail\":\"no\"}");
        assertThat(list(null).getClass().getSimpleName()).isEqualTo(page);
        assertThat(refusals).as("the poller tells it").isEmpty();
    }

    @Test
    void pauseOfTheListIsTheOneThatIsAskedFor() {
        api.answersWith(429, Map.of("Retry-After", "120"), "{}");
        assertThat(list(null)).isEqualTo(new EndedPage.Limited(now.plusSeconds(120)));
    }

    @Test
    void keyOfALocalQueueGoesToNoRemoteApiAndOffMeansOff() {
        URI local = URI.create("http://127.0.0.1:1");
        URI remote = URI.create("https://queue.fal.run");
        URI apiUrl = URI.create("https://api.fal.ai/v1");
        FalKey key = new FalKey("id:secret");
        Duration limit = Duration.ofSeconds(5);
        assertThat(new FalConfig(local, key, limit, 5, FalConfig.History.AUTO, apiUrl).usesHistory())
                .isFalse();
        assertThat(new FalConfig(remote, key, limit, 5, FalConfig.History.AUTO, apiUrl).usesHistory())
                .isTrue();
        assertThat(new FalConfig(remote, key, limit, 5, FalConfig.History.OFF, apiUrl).usesHistory())
                .isFalse();
        try (PlatformApi off = history(new FalConfig(local, key, limit, 5, FalConfig.History.OFF, api.url()))) {
            assertThat(off.find(ID, List.of("o/a"))).isEqualTo(new Absent());
            assertThat(off.list(List.of("o/a"), now, null))
                    .isEqualTo(new EndedPage.Unclear("fal's platform API is not used"));
            assertThat(off.isUsed()).isFalse();
        }
        assertThat(api.requests).isEmpty();
        assertThat(history.isUsed()).isTrue();
    }

    @Test
    void requestsAreMeteredUntilItIsClosed() {
        List<String> codes = new ArrayList<>();
        history.meter((code, took) -> codes.add(code));
        api.answersWith(200, "{\"items\":[]}");
        find();
        api.answersWith(503, "");
        list(null);
        history.close();
        assertThat(find()).isEqualTo(new Unclear("not asked"));
        assertThat(list(null)).isEqualTo(new EndedPage.Unclear("not asked"));
        assertThat(codes).containsExactly("200", "503");
    }

    @Test
    void lostConnectionIsUnclearWithItsCause() {
        api.close();
        assertThat(((Unclear) find()).detail()).contains("Connect");
        assertThat(((EndedPage.Unclear) list(null)).detail()).contains("Connect");
    }
}
