package avatarmonitor.alert;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Callbacks about trainings that are no longer followed although fal has reported no end. */
final class UnfinishedCallbackTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @ParameterizedTest
    @EnumSource(
            value = TestDatabase.class,
            names = {"H2", "POSTGRESQL_18"})
    void applicationHearsOfThemOnlyWhenItWants(TestDatabase kind) {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            assertThat(callbacks(fresh.database(), false))
                    .extracting(UnfinishedCallbackTest::type)
                    .containsExactly("cancelled");
            List<JsonObject> wanted = callbacks(fresh.database(), true);
            assertThat(wanted)
                    .extracting(UnfinishedCallbackTest::type)
                    .containsExactly("timed_out", "stalled", "cancelled");
            assertThat(wanted.get(0).keySet())
                    .containsExactlyInAnyOrder("id", "type", "at", "avatar_id", "fal_request_id", "deadline");
            assertThat(wanted.get(0).get("deadline").getAsString()).isEqualTo("2026-11-23T10:00:00Z");
            assertThat(wanted.get(1).keySet())
                    .containsExactlyInAnyOrder(
                            "id", "type", "at", "avatar_id", "fal_request_id", "started_at", "max_age_s");
        }
    }

    /** Stores the callbacks about a training that times out, stalls, is given up and is cancelled in the end. */
    private static List<JsonObject> callbacks(Database database, boolean unfinished) {
        AvatarId avatar = new AvatarId(UUID.randomUUID());
        JsonObject late = new JsonObject();
        late.addProperty("deadline", "2026-11-23T10:00:00Z");
        JsonObject old = new JsonObject();
        old.addProperty("started_at", "2026-11-22T07:59:58Z");
        old.addProperty("max_age_s", 86_400);
        EventLog events = new EventLog(database.dialect());
        events.write(database, new Event(NOW, avatar, "r-1", "w1", EventType.TIMED_OUT, late));
        events.write(database, new Event(NOW, avatar, "r-1", "w1", EventType.STALLED, old));
        for (EventType type : List.of(EventType.WINDOW_EXPIRED, EventType.GAVE_UP, EventType.CANCELLED)) {
            events.write(database, new Event(NOW, avatar, "r-1", "w1", type, new JsonObject()));
        }
        new AlertAggregator(database, Alerting.config(unfinished), Set.of(HttpChannel.CALLBACK), () -> NOW).gather();
        return Sql.rows(
                        database,
                        "SELECT body FROM avatar_monitor_delivery WHERE channel = 'callback' AND lane = '" + avatar
                                + "' ORDER BY id")
                .stream()
                .map(body -> JsonParser.parseString(body).getAsJsonObject())
                .toList();
    }

    private static String type(JsonObject callback) {
        return callback.get("type").getAsString();
    }
}
