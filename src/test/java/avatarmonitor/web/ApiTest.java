package avatarmonitor.web;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.Actor;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The API over real HTTP; its names are published. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
class ApiTest {
    private static final Instant STARTED = Instant.parse("2026-11-23T08:00:00Z");

    @AutoClose
    private final HttpSite site;

    ApiTest(TestDatabase kind) {
        site = HttpSite.on(kind);
    }

    @Test
    void overviewCountsWhatIsThere() {
        site.avatars().training("PORTRAIT", "r-1", STARTED);
        site.avatars().insert("PORTRAIT", "COMPLETED", "r-2", STARTED);

        JsonObject overview = site.json("/api/v1/overview");

        assertThat(overview.keySet())
                .containsExactly(
                        "at",
                        "worker",
                        "version",
                        "read_only",
                        "writable",
                        "counts",
                        "late_most_seconds",
                        "checks_per_second",
                        "late_p50_ms",
                        "late_p95_ms",
                        "late_p99_ms",
                        "workers",
                        "fal_paused",
                        "polling_pauses",
                        "disorders",
                        "last_reconcile_at",
                        "conditions",
                        "fal");
        assertThat(overview.getAsJsonArray("conditions")
                        .get(0)
                        .getAsJsonObject()
                        .keySet())
                .containsExactly("kind", "level", "count", "text", "since", "remedy");
        assertThat(overview.get("worker").getAsString()).isEqualTo("worker-1");
        assertThat(overview.get("version").getAsString()).isEqualTo("1.2.3");
        assertThat(overview.get("writable").getAsBoolean()).isTrue();
        JsonObject counts = overview.getAsJsonObject("counts");
        assertThat(counts.keySet())
                .isEqualTo(Set.of(
                        "training",
                        "watched",
                        "late",
                        "failing",
                        "unwatched",
                        "unmonitored",
                        "invalid",
                        "stalled",
                        "stuck",
                        "ends_refused",
                        "completed_today",
                        "failed_today",
                        "cancelled_today"));
        assertThat(counts.get("training").getAsInt()).isEqualTo(1);
        assertThat(counts.get("unwatched").getAsInt()).isEqualTo(1);
        assertThat(overview.getAsJsonObject("workers").keySet()).isEqualTo(Set.of("alive", "known"));
    }

    @Test
    void listIsPagedSortedAndSearched() {
        for (int i = 0; i < 5; i++) {
            site.avatars().training("STYLE", "req-" + i, STARTED.plusSeconds(i));
        }

        JsonObject page =
                site.json("/api/v1/avatars?state=unwatched&sort=training_started_at&order=asc&limit=2&offset=2");

        assertThat(column(page, "fal_request_id")).containsExactly("req-2", "req-3");
        assertThat(page.get("more").getAsBoolean()).isTrue();
        assertThat(page.get("total").getAsInt()).isEqualTo(5);
        assertThat(page.get("state").getAsString()).isEqualTo("unwatched");
        JsonObject found = site.json("/api/v1/avatars?state=unwatched&q=REQ-4");
        assertThat(column(found, "fal_request_id")).containsExactly("req-4");
        assertThat(found.get("total").isJsonNull()).isTrue();
        assertThat(column(site.json("/api/v1/avatars?state=unwatched&q=%25"), "avatar_id"))
                .isEmpty();
        assertThat(column(site.json("/api/v1/avatars?state=unwatched&q='%20OR%201=1--"), "avatar_id"))
                .isEmpty();
    }

    @Test
    void listIsFilteredByTypeAndWorker() {
        AvatarId portrait = site.avatars().training("portrait", "r-1", STARTED);
        AvatarId style = site.avatars().training("Style", "r-2", STARTED);
        AvatarId ended = site.avatars().insert("STYLE", "COMPLETED", "r-3", STARTED);
        watched(portrait, "w-1", null);
        watched(ended, "w-2", "completed");

        assertThat(ids("unwatched", "&type=PORTRAIT")).containsExactly(portrait.toString());
        assertThat(ids("unwatched", "&type=style")).containsExactly(style.toString());
        assertThat(ids("unwatched", "&type=STYLE&q=r-1")).isEmpty();
        assertThat(ids("unwatched", "&type=STYLE&q=r-2")).containsExactly(style.toString());
        assertThat(ids("unwatched", "&worker=w-1")).containsExactly(portrait.toString());
        assertThat(ids("unwatched", "&worker=w-1&type=style")).isEmpty();
        assertThat(ids("unwatched", "&type=style'%20OR%20'1'='1")).isEmpty();
        assertThat(ids("ended", "&worker=w-2&type=style")).containsExactly(ended.toString());
        assertThat(ids("ended", "&worker=w-1")).isEmpty();
        for (String state : List.of("watched", "late", "failing", "unmonitored", "invalid", "stalled", "stuck")) {
            assertThat(site.get("/api/v1/avatars?type=style&worker=w&state=" + state)
                            .statusCode())
                    .as(state)
                    .isEqualTo(200);
        }
        JsonObject page = site.json("/api/v1/avatars?state=unwatched&type=style");
        assertThat(page.get("total").isJsonNull()).as("only all are counted").isTrue();
        problem(site.get("/api/v1/avatars?type=" + "t".repeat(201)), 400, "type: expected");
        problem(site.get("/api/v1/avatars?worker=%00"), 400, "worker: expected");
    }

    private List<String> ids(String state, String filter) {
        return column(site.json("/api/v1/avatars?state=" + state + filter), "avatar_id");
    }

    private void watched(AvatarId id, String worker, @Nullable String outcome) {
        site.avatars().run("""
                INSERT INTO avatar_monitoring (avatar_id, fal_request_id, watched_since, window_ends_at, last_worker, outcome, ended_at)
                VALUES (?, 'r', current_timestamp, current_timestamp, ?, ?, CASE WHEN CAST(? AS varchar) IS NULL THEN NULL ELSE current_timestamp END)""", id.value(), worker, outcome, outcome);
    }

    @Test
    void reportAnswersAsJsonAndCsvAndNamesAWrongPeriod() {
        JsonObject report = site.json("/api/v1/report?period=week&type=portrait&worker=w1");

        assertThat(report.keySet())
                .containsExactly(
                        "period",
                        "from",
                        "until",
                        "total",
                        "before",
                        "load",
                        "slot_seconds",
                        "slots",
                        "types",
                        "errors",
                        "failures_read",
                        "last_reconcile_at",
                        "next_reconcile_at");
        assertThat(report.getAsJsonObject("total").keySet())
                .containsExactly("completed", "failed", "cancelled", "success_rate", "timed_out");
        assertThat(report.getAsJsonArray("slots")).hasSize(7);
        assertThat(site.json("/api/v1/report").getAsJsonArray("slots")).hasSize(24);

        HttpResponse<String> csv = site.get("/api/v1/report?format=csv");
        assertThat(csv.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
        assertThat(csv.body().lines())
                .hasSize(25)
                .first()
                .asString()
                .startsWith("from,completed,failed,cancelled,fires,");

        HttpResponse<String> wrong = site.get("/api/v1/report?period=month");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("period: expected one of day, week");

        JsonObject chosen = site.json("/api/v1/report?from=2026-01-01&to=2026-01-04T12:00Z&error=timeout");
        assertThat(chosen.get("period").getAsString()).isEqualTo("custom");
        assertThat(chosen.getAsJsonArray("slots")).hasSize(4);
        problem(site.get("/api/v1/report?to=2026-01-04"), 400, "to needs from");
        problem(site.get("/api/v1/report?from=yesterday"), 400, "from: expected a date or a time");
        problem(site.get("/api/v1/report?period=day&from=2026-01-01&to=2026-01-02"), 400, "either day or from");
        problem(site.get("/api/v1/report?from=2026-01-02&to=2026-01-02"), 400, "must be earlier");
    }

    @Test
    void reconcileRunsForAnOperator() {
        HttpResponse<String> without =
                site.send(site.to("/api/v1/reconcile").POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(without.statusCode()).isEqualTo(401);
        assertThat(site.get("/api/v1/reconcile").statusCode()).isEqualTo(405);
        problem(site.post("/api/v1/reconcile?now=1"), 400, "now");
        assertThat(site.asked).isEmpty();

        assertThat(site.post("/api/v1/reconcile").body())
                .isEqualTo("{\"done\":true,\"outcome\":\"reconciled\",\"message\":\"Monitoring started: 1.\"}");

        assertThat(site.asked).containsExactly("reconcile");
        assertThat(site.callers).extracting(Actor::name).containsExactly("http.token");
    }

    @Test
    void everyListAnswersUnderItsName() {
        for (String state : List.of("watched", "late", "failing", "unwatched", "stalled", "stuck", "ended")) {
            JsonObject page = site.json("/api/v1/avatars?state=" + state);

            assertThat(page.get("state").getAsString()).isEqualTo(state);
            assertThat(page.getAsJsonArray("rows")).isEmpty();
            assertThat(page.get("more").getAsBoolean()).isFalse();
        }
    }

    @Test
    void oneAvatarIsReportedWhole() {
        AvatarId id = site.avatars().training("PORTRAIT", "r-1", STARTED);

        JsonObject told = site.json("/api/v1/avatars/" + id);

        assertThat(told.keySet()).contains("avatar", "watch", "trigger", "unwatched", "events", "checks", "words");
        assertThat(told.getAsJsonObject("avatar").get("status").getAsString()).isEqualTo("TRAINING");
        assertThat(told.getAsJsonArray("words").get(0).getAsJsonObject().keySet())
                .containsExactly("name", "text");
        problem(site.get("/api/v1/avatars/00000000-0000-7000-8000-000000000009"), 404, "nothing is known");
        problem(site.get("/api/v1/avatars/1"), 400, "id: expected");
    }

    @Test
    void workerWhoseKeyIsRefusedIsPausedThoughItTriesNow() {
        site.avatars().run("INSERT INTO qrtz_scheduler_state VALUES ('avatar-monitor', 'w1', ?, 2000)", 0L);
        site.avatars().run("""
                INSERT INTO avatar_monitor_worker_status (instance, at, started_at, version, clock_behind_ms,
                    checks_per_second, fal_paused_since, fal_paused_until, fal_refused, fal_pause_reason)
                VALUES ('w1', current_timestamp, current_timestamp, '1', 0, 0, current_timestamp - INTERVAL '1' HOUR,
                    current_timestamp - INTERVAL '5' SECOND, 'key', 'bad key')""");

        JsonObject paused = site.json("/api/v1/overview")
                .getAsJsonArray("fal_paused")
                .get(0)
                .getAsJsonObject();

        assertThat(paused.keySet()).containsExactly("worker", "refused", "since", "until", "reason");
        assertThat(paused.get("refused").getAsString()).isEqualTo("key");
        assertThat(paused.get("since").getAsString())
                .isLessThan(paused.get("until").getAsString());
    }

    @Test
    void eventsArePagedByNumber() {
        AvatarId id = site.avatars().training("PORTRAIT", "r-1", STARTED);
        for (String type : List.of("watching", "failed", "watching")) {
            event(id, type);
        }
        event(null, "fal_paused");

        JsonObject newest = site.json("/api/v1/events?limit=2");

        assertThat(column(newest, "type")).containsExactly("fal_paused", "watching");
        assertThat(newest.get("more").getAsBoolean()).isTrue();
        String last = column(newest, "id").get(1);
        JsonObject older = site.json("/api/v1/events?before=" + last);
        assertThat(column(older, "type")).containsExactly("failed", "watching");
        assertThat(older.get("more").getAsBoolean()).isFalse();
        assertThat(column(site.json("/api/v1/events?type=failed&avatar=" + id), "avatar_id"))
                .containsExactly(id.toString());
        assertThat(newest.getAsJsonArray("rows").get(0).getAsJsonObject().keySet())
                .containsExactly("id", "at", "type", "avatar_id", "fal_request_id", "worker", "detail", "name");
    }

    @Test
    void streamTellsFiguresAtOnceAndEventsAsTheyHappen() {
        try (RawClient stream = site.raw()) {
            stream.send("GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            assertThat(stream.until("event: overview")).contains("text/event-stream");
            AvatarId id = site.avatars().training("PORTRAIT", "r-1", STARTED);
            event(id, "watching");

            assertThat(stream.until("\"type\":\"watching\""))
                    .contains("event: event")
                    .containsPattern("id: \\d+");
            assertThat(stream.until("\"training\":1")).contains("event: overview");
        }
    }

    @Test
    void databaseThatIsAwayIsSaidWithoutDetails() {
        site.database().database().close();

        HttpResponse<String> answer = site.get("/api/v1/workers");

        problem(answer, 503, "the database did not answer");
        assertThat(answer.body()).doesNotContain("Exception", "Hikari", "jdbc");
        assertThat(site.get("/healthz").statusCode()).isEqualTo(200);
    }

    private void event(@Nullable AvatarId id, String type) {
        String detail = site.database().config().url().startsWith("jdbc:h2") ? "JSON '{}'" : "'{}'";
        site.avatars()
                .run(
                        "INSERT INTO avatar_event (at, avatar_id, fal_request_id, worker, type, detail)"
                                + " VALUES (now(), CAST(? AS uuid), 'r-1', 'worker-1', ?, " + detail + ")",
                        id == null ? null : id.toString(),
                        type);
    }

    private static List<String> column(JsonObject page, String name) {
        JsonArray rows = page.getAsJsonArray("rows");
        return rows.asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(row -> row.get(name).getAsString())
                .toList();
    }

    private static void problem(HttpResponse<String> answer, int status, String detail) {
        JsonObject problem = JsonParser.parseString(answer.body()).getAsJsonObject();
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(problem.keySet()).containsExactly("type", "title", "status", "detail");
        assertThat(problem.get("status").getAsInt()).isEqualTo(status);
        assertThat(problem.get("detail").getAsString()).contains(detail);
    }
}
