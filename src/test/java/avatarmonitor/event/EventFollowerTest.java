package avatarmonitor.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestDatabase.class)
final class EventFollowerTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;
    private final EventLog log;

    EventFollowerTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        log = new EventLog(database.dialect());
    }

    private void append(int count) {
        Event event = new Event(NOW, null, null, "w", EventType.WATCHING, new JsonObject());
        database.inTransaction(connection -> {
            log.append(connection, Collections.nCopies(count, event));
            return true;
        });
    }

    private List<Logged> next(EventFollower follower) {
        return database.read(connection -> follower.next(connection, NOW));
    }

    @Test
    void eachEventIsReturnedOnce() {
        append(3);
        EventFollower follower = database.read(connection -> EventFollower.from(log, connection, NOW));
        assertThat(next(follower)).as("before the start").isEmpty();
        append(2);
        assertThat(next(follower)).hasSize(2).isSortedAccordingTo((a, b) -> Long.compare(a.id(), b.id()));
        assertThat(next(follower)).isEmpty();
    }

    /** Events are read in pages of 1,000. The database is lost after the first page. */
    @Test
    void eventsOfAReadThatFailedHalfWayAreReturnedByTheNextOne() {
        EventFollower follower = database.read(connection -> EventFollower.from(log, connection, NOW));
        append(1_001);
        assertThatThrownBy(() -> database.read(connection -> follower.next(lostAfterOne(connection), NOW)))
                .hasStackTraceContaining("connection lost");
        assertThat(next(follower)).hasSize(1_001);
        assertThat(next(follower)).isEmpty();
    }

    /** A connection that is lost after one statement. */
    private static Connection lostAfterOne(Connection connection) {
        AtomicInteger statements = new AtomicInteger();
        return (Connection) Proxy.newProxyInstance(
                EventFollowerTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (method.getName().equals("prepareStatement") && statements.getAndIncrement() > 0) {
                        throw new SQLException("connection lost", "08006");
                    }
                    try {
                        return method.invoke(connection, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
