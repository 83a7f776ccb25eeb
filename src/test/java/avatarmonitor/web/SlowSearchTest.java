package avatarmonitor.web;

import static avatarmonitor.testing.Latches.awaitLatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonParser;
import java.net.http.HttpResponse;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Lists while the database is slow, and after an outage. */
final class SlowSearchTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Instant STARTED = Instant.parse("2026-11-23T08:00:00Z");

    @Test
    void searchThatTakesTooLongEndsWithAdvice() throws Exception {
        try (HttpSite site = HttpSite.patientOn(TestDatabase.POSTGRESQL_18)) {
            Database database = site.database().database();
            CountDownLatch done = new CountDownLatch(1);
            CompletableFuture<Boolean> holder = Background.supply(() -> database.inTransaction(connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
                    statement.execute("LOCK TABLE avatars IN ACCESS EXCLUSIVE MODE");
                }
                return awaitLatch(done);
            }));
            String granted = "SELECT 1 FROM pg_locks WHERE granted AND mode = 'AccessExclusiveLock'"
                    + " AND relation = 'avatars'::regclass";
            await().atMost(SOON).until(() -> !Sql.rows(database, granted).isEmpty());
            List<CompletableFuture<HttpResponse<String>>> searches = new ArrayList<>();
            for (String filter : List.of("q=zoe", "type=style")) {
                searches.add(site.client()
                        .sendAsync(site.to("/api/v1/avatars?" + filter).build(), HttpResponse.BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> search : searches) {
                assertThat(search)
                        .succeedsWithin(SOON)
                        .satisfies(
                                answer -> problem(
                                        answer,
                                        "Search too slow",
                                        "the search took longer than 2 s and was ended: search for the whole id, or for its first 8 digits or more"));
            }
            assertThat(Sql.rows(
                            database, "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'avatars'::regclass"))
                    .as("nothing of it is left")
                    .isEmpty();
            done.countDown();
            assertThat(holder).succeedsWithin(SOON);
            assertThat(site.get("/api/v1/avatars?q=zoe").statusCode())
                    .as("places are free again")
                    .isEqualTo(200);
        }
    }

    private static void problem(HttpResponse<String> answer, String title, String detail) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(JsonParser.parseString(answer.body())
                        .getAsJsonObject()
                        .get("title")
                        .getAsString())
                .isEqualTo(title);
        assertThat(JsonParser.parseString(answer.body())
                        .getAsJsonObject()
                        .get("detail")
                        .getAsString())
                .isEqualTo(detail);
    }

    /** Results and failures from before an outage are not shown afterwards. */
    @Test
    void listsAndCountsAreCurrentWithTheFirstAnswerAfterAnOutage() throws Exception {
        try (HttpSite site = HttpSite.patientOn(TestDatabase.POSTGRESQL_18);
                Database server = Database.open(onServer(site))) {
            site.avatars().training("PORTRAIT", "r-1", STARTED);
            assertThat(total(site)).isEqualTo(1);
            String name = Sql.rows(site.database().database(), "SELECT current_database()")
                    .get(0);
            Sql.run(
                    server,
                    "ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS false",
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
            assertThat(site.get("/api/v1/avatars?state=unwatched").statusCode()).isEqualTo(503);
            Sql.run(server, "ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS true");
            await().atMost(SOON).ignoreExceptions().until(() -> {
                site.avatars().training("STYLE", "r-2", STARTED);
                return true;
            });

            await().atMost(SOON)
                    .until(() -> site.get("/api/v1/avatars?state=unwatched").statusCode() == 200);
            assertThat(rows(site)).isEqualTo(2);
            await().atMost(SOON).until(() -> unwatched(site) == 2);
        }
    }

    private static StoreConfig onServer(HttpSite site) {
        StoreConfig config = site.database().config();
        return new StoreConfig(
                config.url().replaceFirst("/test_\\d+", "/postgres"), config.user(), config.password(), 2);
    }

    private static int rows(HttpSite site) {
        return site.json("/api/v1/avatars?state=unwatched")
                .getAsJsonArray("rows")
                .size();
    }

    private static int total(HttpSite site) {
        return site.json("/api/v1/avatars?state=unwatched").get("total").getAsInt();
    }

    private static int unwatched(HttpSite site) {
        return site.json("/api/v1/overview")
                .getAsJsonObject("counts")
                .get("unwatched")
                .getAsInt();
    }
}
