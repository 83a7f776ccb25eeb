package avatarmonitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.testing.Background;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.TimeZone;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestDatabase.class)
final class DatabaseTest {
    private final TestDatabase kind;
    private final TimeZone zone = TimeZone.getDefault();

    DatabaseTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    void liveFarFromUtc() {
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
    }

    @AfterEach
    void goHome() {
        TimeZone.setDefault(zone);
    }

    @Test
    void workThatReturnsIsCommittedAndWorkThatThrowsIsNot() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            Database database = fresh.database();
            Sql.run(database, "CREATE TABLE t (i int)", "INSERT INTO t VALUES (1)");

            assertThatThrownBy(() -> database.inTransaction(connection -> {
                        connection.createStatement().execute("INSERT INTO t VALUES (2)");
                        throw new IllegalArgumentException("a bug");
                    }))
                    .isInstanceOf(IllegalArgumentException.class);

            assertThat(Sql.rows(database, "SELECT i FROM t")).containsExactly("1");
        }
    }

    @Test
    void thoseWhoShareConnectionsLeaveOneForTheOthers() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            Database shared = fresh.database().share(1);
            CompletableFuture<Integer> waiting = shared.read(connection -> {
                CompletableFuture<Integer> second = Background.supply(() -> shared.inTransaction(mine -> 2));
                assertThat(fresh.database().<Integer>read(other -> 1)).isEqualTo(1);
                assertThat(second).isNotDone();
                return second;
            });
            assertThat(waiting.join()).isEqualTo(2);
        }
    }

    @Test
    void failedStatementIsAStoreExceptionWithItsState() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            assertThatThrownBy(() -> Sql.run(fresh.database(), "SELECT * FROM nothing_here"))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            e -> assertThat(e.sqlState())
                                    .hasValueSatisfying(
                                            state -> assertThat(state).startsWith("42")));
        }
    }

    @Test
    void failureToRollBackDoesNotHideWhatHappened() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            assertThatThrownBy(() -> fresh.database().inTransaction(connection -> {
                        connection.unwrap(Connection.class).close();
                        throw new IllegalArgumentException("the news");
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the news")
                    .satisfies(e -> assertThat(e.getSuppressed()).isNotEmpty());
        }
    }

    @Test
    void timeWithoutZoneIsUtcWhereverTheProcessLives() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            Database database = fresh.database();
            Instant written = Instant.parse("2026-03-29T01:30:00Z");
            Sql.run(database, "CREATE TABLE t (zoneless timestamp, zoned timestamp with time zone)");
            database.inTransaction(connection -> {
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
                    insert.setObject(1, written.atOffset(ZoneOffset.UTC));
                    insert.setObject(2, written.atOffset(ZoneOffset.UTC));
                    return insert.executeUpdate();
                }
            });

            assertThat(Sql.rows(database, """
                            SELECT CAST(zoneless AS varchar),
                                   CASE WHEN CAST(zoneless AS timestamp with time zone) = zoned THEN 'same' ELSE 'other' END
                            FROM t
                            """)).containsExactly("2026-03-29 01:30:00|same");
        }
    }

    @Test
    void sessionsReadCommitted() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            int isolation = fresh.database().read(Connection::getTransactionIsolation);

            assertThat(isolation).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
        }
    }

    @Test
    void wrongPasswordSaysWhatToCheckAndShowsNoSecret() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            StoreConfig wrong = new StoreConfig(fresh.config().url(), "nobody", "hunter2", 1);

            assertThatThrownBy(() -> Database.open(wrong))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("check db.user and db.password")
                    .hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void closedDatabaseHoldsNoConnection() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            Database second = Database.open(fresh.config());
            second.close();
            second.close();

            assertThatThrownBy(() -> Sql.run(second, "SELECT 1")).isInstanceOf(StoreException.class);
            assertThat(Sql.rows(fresh.database(), "SELECT 1")).containsExactly("1");
        }
    }
}
