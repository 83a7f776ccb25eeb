package avatarmonitor.event;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Events appended together are stored as if appended one by one. */
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
                        .filter(EventType::isDelivered)
                        .map(EventType::column)
                        .toList());
    }

    @Test
    void nothingIsAppendedForNoEvents() {
        append(List.of());
        assertThat(Sql.rows(database, "SELECT id FROM avatar_event")).isEmpty();
    }

    /** Ids are assigned before transactions commit: the second query may see more than the first, below the same id. */
    @Test
    void eventThatCommitsWhileOthersAreTakenIsTakenTheNextTime() throws Exception {
        Outbox outbox = new Outbox(database.dialect());
        try (Connection late = database.pool().getConnection()) {
            late.setAutoCommit(false);
            events.append(late, told("late"));
            append(List.of(told("early")));
            List<String> first = database.inTransaction(
                    connection -> workers(outbox.take(beforeSecondStatement(connection, late::commit), 100)));
            assertThat(first).containsExactly("early");
            late.setAutoCommit(true);
        }
        assertThat(database.<List<String>>inTransaction(connection -> workers(outbox.take(connection, 100))))
                .containsExactly("late");
    }

    private static Event told(String worker) {
        return new Event(AT, new AvatarId(UUID.randomUUID()), "r-1", worker, EventType.COMPLETED, new JsonObject());
    }

    private static List<String> workers(Outbox.Taken taken) {
        return taken.events().stream().map(EventLog.Logged::worker).toList();
    }

    private interface Step {
        void run() throws SQLException;
    }

    private static Connection beforeSecondStatement(Connection connection, Step step) {
        AtomicInteger statements = new AtomicInteger();
        return (Connection) Proxy.newProxyInstance(
                ManyEventsTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (method.getName().equals("prepareStatement") && statements.incrementAndGet() == 2) {
                        step.run();
                    }
                    return method.invoke(connection, args);
                });
    }

    private void append(List<Event> wanted) {
        database.inTransaction(connection -> {
            events.append(connection, wanted);
            return true;
        });
    }
}
