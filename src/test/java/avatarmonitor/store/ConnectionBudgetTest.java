package avatarmonitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"POSTGRESQL_15", "POSTGRESQL_18"})
final class ConnectionBudgetTest {
    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database admin;
    private final StoreConfig config;
    private final String role;

    ConnectionBudgetTest(TestDatabase kind) {
        fresh = kind.fresh();
        admin = fresh.database();
        config = fresh.role();
        role = config.user();
    }

    @Test
    void limitOfTheRoleThatIsTooSmallForOneWorkerIsReportedWithBothNumbers() {
        Sql.run(admin, "ALTER ROLE " + role + " CONNECTION LIMIT 3");
        try (Database database = Database.open(config)) {
            assertThatThrownBy(() -> ConnectionBudget.require(database, config))
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            e -> assertThat(e.misconfigured()).isTrue())
                    .hasMessage(
                            "a worker opens up to 20 connections (db.pool-size + 4), the server allows 3 (CONNECTION LIMIT of role "
                                    + role + "): run ALTER ROLE " + role
                                    + " CONNECTION LIMIT 20 (as many for each worker), or lower db.pool-size");
        }
    }

    /** The first connection of a process is accepted, the first one of its pool is not. */
    @Test
    void refusalOfTheSecondConnectionIsTheDatabasesFailure() {
        Sql.run(admin, "ALTER ROLE " + role + " CONNECTION LIMIT 1");
        assertThatThrownBy(() -> Database.open(config))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.sqlState()).contains("53300"));
    }

    @Test
    void leastOfAllLimitsCountsAndNoneHoldsForASuperuser() {
        String name = Sql.rows(admin, "SELECT current_database()").get(0);
        try (Database database = Database.open(config)) {
            assertThat(ConnectionBudget.of(database, config).limitedBy())
                    .isEqualTo("max_connections less those that are reserved");
            Sql.run(
                    admin,
                    "ALTER ROLE " + role + " CONNECTION LIMIT 30",
                    "ALTER DATABASE " + name + " CONNECTION LIMIT 20");

            ConnectionBudget budget = ConnectionBudget.of(database, config);

            assertThat(budget.allowed()).isEqualTo(20);
            assertThat(budget.limitedBy()).isEqualTo("CONNECTION LIMIT of database " + name);
            assertThat(budget.suffices()).isTrue();
            assertThat(ConnectionBudget.of(admin, config).allowed()).isGreaterThan(30);
        }
    }

    @Test
    void roleWithoutAnyConnectionLeftIsReportedHowManyAreNeeded() {
        Sql.run(admin, "ALTER ROLE " + role + " CONNECTION LIMIT 0");

        assertThatThrownBy(() -> Database.open(config))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(
                        "the server gives this user no more connections: a worker opens up to db.pool-size + 4");
    }

    @Test
    void serverThatIsMadeReadOnlyForTheRoleIsNamed() {
        Sql.run(admin, "ALTER ROLE " + role + " SET default_transaction_read_only = on");

        assertThatThrownBy(() -> Database.open(config))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("default_transaction_read_only = on");
        try (Database looking = Database.openExisting(config)) {
            assertThat(ServerRole.of(looking)).isEqualTo(ServerRole.READ_ONLY);
        }
    }
}
