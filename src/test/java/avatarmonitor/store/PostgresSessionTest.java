package avatarmonitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"POSTGRESQL_15", "POSTGRESQL_18"})
@Timeout(180)
final class PostgresSessionTest {
    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;

    PostgresSessionTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    @Test
    void sessionSaysWhoItIsAndGivesUpByItself() {
        assertThat(Sql.rows(database, """
                        SELECT name, setting FROM pg_settings
                        WHERE name IN ('application_name', 'TimeZone', 'idle_in_transaction_session_timeout', 'lock_timeout', 'row_security',
                          'statement_timeout', 'tcp_user_timeout', 'tcp_keepalives_idle')
                        ORDER BY lower(name)
                        """))
                .containsExactly(
                        "application_name|avatar-monitor",
                        "idle_in_transaction_session_timeout|10000",
                        "lock_timeout|12000",
                        "row_security|off",
                        "statement_timeout|15000",
                        "tcp_keepalives_idle|10",
                        "tcp_user_timeout|25000",
                        "TimeZone|UTC");
    }

    /** The lock is Quartz's, and its holder is silent, like a frozen machine. */
    @Test
    void workerThatFreezesWithTheLockStopsTheOthersOnlyUntilItsTransactionIsEnded() throws Exception {
        String lock =
                "SELECT * FROM qrtz_locks WHERE sched_name = 'avatar-monitor' AND lock_name = 'TRIGGER_ACCESS' FOR UPDATE";
        try (Connection frozen = database.pool().getConnection();
                Statement statement = frozen.createStatement()) {
            frozen.setAutoCommit(false);
            statement.execute(lock);

            assertThat(Sql.rows(database, lock)).hasSize(1);

            assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void textIsTakenForEnumAndJson() {
        Sql.run(database, "CREATE TYPE word AS ENUM ('training')", "CREATE TABLE t (w word, j json NOT NULL, u uuid)");
        database.inTransaction(connection -> {
            try (var insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?, ?)")) {
                insert.setString(1, "training");
                insert.setString(2, "{\"a\":1}");
                insert.setString(3, "11111111-2222-3333-4444-555555555555");
                return insert.executeUpdate();
            }
        });

        assertThat(Sql.rows(database, "SELECT w, j->>'a' FROM t")).containsExactly("training|1");
    }

    @Test
    void unreachableServerAndMissingDatabaseSayWhatToDo() {
        String url = fresh.config().url();
        assertThatThrownBy(() -> Database.open(new StoreConfig(url + "_gone", "postgres", "", 1)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("create it with CREATE DATABASE");
        assertThatThrownBy(() -> Database.open(
                        new StoreConfig("jdbc:postgresql://localhost:1/x?password=hunter2", "postgres", "", 1)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("cannot be reached")
                .hasMessageContaining("localhost:1/x")
                .hasMessageNotContaining("hunter2");
    }
}
