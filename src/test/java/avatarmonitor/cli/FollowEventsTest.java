package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.app.Monitor;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventFollower;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A follower of events sees each once, including one whose transaction took long. */
class FollowEventsTest {
    @Test
    void newEventsArePrintedUntilTheCommandIsStopped() throws Exception {
        try (CommandFixture fixture = new CommandFixture(TestDatabase.H2);
                Monitor monitor = fixture.monitor()) {
            AvatarId before = fixture.training("req-1");
            monitor.reconciler().run();
            Program program = fixture.program();
            FutureTask<Integer> task = new FutureTask<>(() -> program.run("events", "--follow", "--json"));
            Thread thread = new Thread(task);
            thread.start();
            AvatarId after;
            try {
                await().atMost(Duration.ofSeconds(60)).until(() -> program.out().contains(before.toString()));
                after = fixture.training("req-2");
                monitor.reconciler().run();
                await().atMost(Duration.ofSeconds(60)).until(() -> program.out().contains(after.toString()));
            } finally {
                thread.interrupt();
            }
            assertThat(task.get(60, TimeUnit.SECONDS)).isZero();
            assertThat(program.out()
                            .lines()
                            .map(line -> JsonParser.parseString(line)
                                    .getAsJsonObject()
                                    .get("avatar_id")
                                    .getAsString()))
                    .containsExactly(before.toString(), after.toString());
        }
    }

    @Test
    void eventThatCommitsLateIsNotMissedAndNoneComesTwice() {
        Instant now = CommandFixture.now();
        try (TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh()) {
            Database database = fresh.database();
            EventLog log = new EventLog(database.dialect());
            EventFollower follower = database.read(connection -> EventFollower.from(log, connection, now));
            database.inTransaction(late -> {
                append(log, late, "late", now);
                database.inTransaction(early -> append(log, early, "early", now));
                assertThat(workers(database, follower, now)).containsExactly("early");
                // The longest duration of a transaction.
                assertThat(workers(database, follower, now.plusSeconds(30))).isEmpty();
                return true;
            });

            assertThat(workers(database, follower, now.plusSeconds(30))).containsExactly("late");
            assertThat(workers(database, follower, now.plusSeconds(60))).isEmpty();
            assertThat(workers(database, follower, now.plusSeconds(120))).isEmpty();
            database.inTransaction(connection -> append(log, connection, "next", now));
            assertThat(workers(database, follower, now.plusSeconds(121))).containsExactly("next");
        }
    }

    private static boolean append(EventLog log, Connection connection, String worker, Instant now)
            throws java.sql.SQLException {
        log.append(connection, new Event(now, null, null, worker, EventType.REPAIRED, new JsonObject()));
        return true;
    }

    private static List<String> workers(Database database, EventFollower follower, Instant now) {
        return database.read(connection -> follower.next(connection, now).stream()
                .map(EventLog.Logged::worker)
                .toList());
    }
}
