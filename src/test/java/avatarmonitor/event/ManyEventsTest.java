package avatarmonitor.event;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Events that are appended together are in the log as if each had been appended alone. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class ManyEventsTest {
    private static final Instant AT = Instant.parse("2026-11-23T10:00:00.123456Z");

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private final List<Event> heard = new ArrayList<>();
    private final EventLog events;

    ManyEventsTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        events = new EventLog(database.dialect(), heard::add);
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    @Test
    void eventsOfEveryTypeAreStoredInTheirOrderAndThoseToTellAreInTheOutbox() {
        List<Event> wanted = new ArrayList<>();
        for (EventType type : EventType.values()) {
            JsonObject detail = new JsonObject();
            detail.addProperty("words", "{\"quoted\", 'and' \\ \n more " + type + " ä}");
            wanted.add(new Event(AT, new AvatarId(UUID.randomUUID()), "r".repeat(300), "worker-1", type, detail));
        }
        wanted.add(new Event(AT.plusSeconds(1), null, null, "worker-1", EventType.REPAIRED, new JsonObject()));

        append(wanted);

        List<EventLog.Logged> logged = database.read(connection -> events.after(connection, 0, 100));
        assertThat(logged).hasSameSizeAs(wanted);
        for (int i = 0; i < wanted.size(); i++) {
            EventLog.Logged one = logged.get(i);
            Event event = wanted.get(i);
            assertThat(one)
                    .isEqualTo(new EventLog.Logged(
                            one.id(),
                            event.at(),
                            event.avatar(),
                            EventLog.stored(event.falRequestId()),
                            event.worker(),
                            event.type().column(),
                            event.detail()));
        }
        assertThat(heard).isEqualTo(wanted);
        assertThat(
                        Sql.rows(
                                database,
                                "SELECT e.type FROM avatar_monitor_outbox o JOIN avatar_event e ON e.id = o.event_id ORDER BY e.id"))
                .isEqualTo(wanted.stream()
                        .map(Event::type)
                        .filter(EventType::isTold)
                        .map(EventType::column)
                        .toList());
    }

    @Test
    void nothingIsAppendedForNoEvents() {
        append(List.of());
        assertThat(Sql.rows(database, "SELECT id FROM avatar_event")).isEmpty();
    }

    private void append(List<Event> wanted) {
        database.inTransaction(connection -> {
            events.append(connection, wanted);
            return true;
        });
    }
}
