package avatarmonitor.event;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Notifications to a session with LISTEN avatar_event. */
class NotifyTest {
    private static final int WAIT_MS_MAX = 10_000;

    @Test
    void listenerHearsOfEachEndedTrainingWhenItsTransactionCommits() {
        try (TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh()) {
            Database database = fresh.database();
            EventLog events = new EventLog(database.dialect());
            AvatarId avatar = new AvatarId(UUID.randomUUID());
            List<JsonObject> heard = database.read(listener -> {
                try (Statement statement = listener.createStatement()) {
                    statement.execute("LISTEN avatar_event");
                }
                for (EventType type : EventType.values()) {
                    database.inTransaction(connection -> {
                        events.append(connection, new Event(Instant.EPOCH, avatar, "r-1", "w", type, new JsonObject()));
                        return true;
                    });
                }
                PGConnection session = listener.unwrap(PGConnection.class);
                List<JsonObject> said = new ArrayList<>();
                while (said.size() < 3) {
                    PGNotification[] more = session.getNotifications(WAIT_MS_MAX);
                    assertThat(more).as("heard so far: %s", said).isNotEmpty();
                    for (PGNotification one : more) {
                        said.add(JsonParser.parseString(one.getParameter()).getAsJsonObject());
                    }
                }
                return said;
            });

            assertThat(heard)
                    .extracting(said -> said.get("type").getAsString())
                    .containsExactly("completed", "failed", "cancelled");
            assertThat(heard).allSatisfy(said -> {
                assertThat(said.get("avatar_id").getAsString()).isEqualTo(avatar.toString());
                assertThat(said.get("fal_request_id").getAsString()).isEqualTo("r-1");
                assertThat(Sql.rows(
                                database,
                                "SELECT type FROM avatar_event WHERE id = "
                                        + said.get("id").getAsLong()))
                        .containsExactly(said.get("type").getAsString());
            });
        }
    }
}
