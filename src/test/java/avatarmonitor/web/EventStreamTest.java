package avatarmonitor.web;

import static avatarmonitor.testing.Latches.awaitLatch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Events of streams while the database answers some queries and blocks others. */
class EventStreamTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @AutoClose
    private final HttpSite site = HttpSite.on(TestDatabase.POSTGRESQL_18);

    @Test
    void eventsComeWhileACountHangs() throws Exception {
        try (RawClient stream = site.raw().send("GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")) {
            stream.until("event: overview");
            CountDownLatch let = new CountDownLatch(1);
            CompletableFuture<Boolean> holder = holdAvatars(let);
            // The same wait still exists when the event has arrived; repeated if the machine is too slow for one wait.
            await().atMost(SOON).until(() -> {
                await().atMost(SOON).until(() -> !waits().isEmpty());
                List<String> before = waits();
                AvatarId id = new AvatarId(UUID.randomUUID());
                append(id);
                stream.until(id.toString());
                return !before.isEmpty() && waits().equals(before);
            });
            let.countDown();
            assertThat(holder).succeedsWithin(SOON);
            stream.until("event: overview");
        }
    }

    /** Counts read this table, events do not. */
    private CompletableFuture<Boolean> holdAvatars(CountDownLatch let) {
        CountDownLatch held = new CountDownLatch(1);
        CompletableFuture<Boolean> holder =
                Background.supply(() -> site.database().database().inTransaction(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        // Its session must not time out.
                        statement.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
                        statement.execute("LOCK TABLE avatars IN ACCESS EXCLUSIVE MODE");
                    }
                    held.countDown();
                    return awaitLatch(let);
                }));
        awaitLatch(held);
        return holder;
    }

    private List<String> waits() {
        return Sql.rows(site.database().database(), """
                SELECT pid, waitstart FROM pg_locks
                WHERE NOT granted AND waitstart IS NOT NULL AND relation = 'avatars'::regclass
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())""");
    }

    private void append(AvatarId id) {
        EventLog events = new EventLog(site.database().database().dialect());
        site.database().database().inTransaction(connection -> {
            events.append(
                    connection,
                    new Event(InstantSource.system().instant(), id, "r-1", "w", EventType.WATCHING, new JsonObject()));
            return true;
        });
    }
}
