package avatarmonitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.zaxxer.hikari.SQLExceptionOverride.Override;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.mvstore.MVStoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

final class BrokenConnectionsTest {
    private final AtomicInteger evicted = new AtomicInteger();
    private final AtomicInteger reopened = new AtomicInteger();
    private final BrokenConnections broken = new BrokenConnections(evicted::incrementAndGet, reopened::incrementAndGet);

    @ParameterizedTest
    @ValueSource(strings = {"25006", "90098", "90121"})
    void failureOfTheWholeServerReplacesTheConnectionsOfAllPoolsOnceForABurst(String state) {
        for (int i = 0; i < 10; i++) {
            assertThat(broken.adjudicate(new SQLException("x", state))).isEqualTo(Override.MUST_EVICT);
        }
        assertThat(evicted).hasValue(1);
        assertThat(reopened).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "57P01", "57P02", "57P05", "25P03", "25P04"})
    void failureOfOneSessionReplacesThatOne(String state) {
        assertThat(broken.adjudicate(new SQLException("x", state))).isEqualTo(Override.MUST_EVICT);
        assertThat(evicted).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"23505", "42P01", "55P03", "40P01", "53100", "25P02"})
    void failureOfAStatementReplacesNothing(String state) {
        assertThat(broken.adjudicate(new SQLException("x", state))).isEqualTo(Override.CONTINUE_EVICT);
        assertThat(evicted).hasValue(0);
    }

    @Test
    void fileThatCannotBeWrittenHasTheEmbeddedDatabaseOpenedAgain() {
        SQLException full =
                new SQLException("General error", "HY000", 50000, new MVStoreException(2, "Writing failed"));

        assertThat(broken.adjudicate(full)).isEqualTo(Override.MUST_EVICT);

        assertThat(reopened).hasValue(1);
        assertThat(StoreException.unavailable(full)).isTrue();
        assertThat(StoreException.unavailable(new SQLException("General error", "HY000", 50000)))
                .isFalse();
    }

    @Test
    void embeddedDatabaseThatWasClosedGoesOnWithWhatWasCommittedAndWithoutLocks() throws Exception {
        try (TestDatabase.Fresh fresh = TestDatabase.H2.empty()) {
            Database database = fresh.database();
            Sql.run(database, "CREATE TABLE t (i int)", "INSERT INTO t VALUES (1)");
            Connection stuck = database.pool().getConnection();
            stuck.setAutoCommit(false);
            stuck.createStatement().execute("UPDATE t SET i = 2");

            EmbeddedRestart.closeAtOnce(database.settings(), Level.DEBUG);

            assertThatThrownBy(() -> stuck.createStatement().execute("UPDATE t SET i = 3"))
                    .isInstanceOf(SQLException.class);
            try {
                stuck.close();
            } catch (SQLException ended) {
                // Ended with the database, as expected.
            }
            await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
                Sql.run(database, "UPDATE t SET i = i + 10");
                return true;
            });
            assertThat(Sql.rows(database, "SELECT i FROM t")).containsExactly("11");
        }
    }
}
