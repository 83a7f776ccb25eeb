package avatarmonitor.store.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A history that Flyway itself has written is recognised, and nothing else is taken for it. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class AppliedMigrationsTest {
    private static final String HISTORY = "\"avatar_monitor_schema_history\"";

    private final TestDatabase kind;

    AppliedMigrationsTest(TestDatabase kind) {
        this.kind = kind;
    }

    @Test
    void emptyDatabaseIsNotComplete() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            assertThat(AppliedMigrations.complete(fresh.database())).isFalse();
        }
    }

    @Test
    void historyOfThisProgramIsCompleteAlsoWithANewerMigration() {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            assertThat(AppliedMigrations.complete(fresh.database())).isTrue();
            Sql.run(
                    fresh.database(),
                    "INSERT INTO " + HISTORY + " SELECT \"installed_rank\" + 1000, '9000', \"description\", \"type\","
                            + " 'V9000__later.sql', 7, \"installed_by\", \"installed_on\", \"execution_time\","
                            + " \"success\" FROM " + HISTORY + " WHERE \"version\" = '12'");
            assertThat(AppliedMigrations.complete(fresh.database())).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM %s WHERE \"version\" = '12'",
                "UPDATE %s SET \"checksum\" = 7 WHERE \"version\" = '12'",
                "UPDATE %s SET \"checksum\" = NULL WHERE \"version\" = '12'",
                "UPDATE %s SET \"success\" = FALSE WHERE \"version\" = '12'",
                "UPDATE %s SET \"type\" = 'DELETE' WHERE \"version\" = '12'",
                "UPDATE %s SET \"script\" = 'V12__other.sql' WHERE \"version\" = '12'",
                "UPDATE %s SET \"version\" = '12.1' WHERE \"version\" = '12'"
            })
    void everyOtherHistoryIsLeftToFlyway(String change) {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Sql.run(fresh.database(), change.formatted(HISTORY));
            assertThat(AppliedMigrations.complete(fresh.database())).isFalse();
        }
    }

    @Test
    void changedMigrationIsStillRefused() {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Sql.run(fresh.database(), "UPDATE " + HISTORY + " SET \"checksum\" = 7 WHERE \"version\" = '12'");
            assertThatThrownBy(() -> Migrations.run(fresh.database()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("checksum mismatch for migration version 12");
        }
    }

    /** Of the two forms of V36 and V37; a worker that knows the other one still finds its own checksum. */
    @Test
    void databaseThatRanTheOtherFormOfAScriptIsUpgraded() {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database database = fresh.database();
            makeVariant(database);
            assertThat(AppliedMigrations.complete(database)).isFalse();

            assertThat(Migrations.run(database)).isPositive();

            assertThat(Sql.rows(database, "SELECT priority FROM v_watched")).isEmpty();
            assertThat(Sql.rows(database, "SELECT \"checksum\" FROM " + HISTORY + " WHERE \"version\" = '36'"))
                    .containsExactly("1595808174");
            assertThat(AppliedMigrations.complete(database)).isTrue();
            assertThat(Migrations.run(database)).isZero();
        }
    }

    @Test
    void changedMigrationIsRefusedBesideAVariantToo() {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            makeVariant(fresh.database());
            Sql.run(fresh.database(), "UPDATE " + HISTORY + " SET \"checksum\" = 7 WHERE \"version\" = '12'");
            assertThatThrownBy(() -> Migrations.run(fresh.database()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("checksum mismatch for migration version 12");
        }
    }

    /** Undoes what has run since that form was written, each migration from V46 on. */
    private static void makeVariant(Database database) {
        Sql.run(
                database,
                "DROP VIEW v_watched" + (database.dialect() == Dialect.POSTGRESQL ? " CASCADE" : ""),
                "ALTER TABLE avatar_monitoring DROP COLUMN priority",
                "UPDATE " + HISTORY + " SET \"checksum\" = 1595808174 WHERE \"version\" = '36'",
                "UPDATE " + HISTORY + " SET \"checksum\" = -1475767810 WHERE \"version\" = '37'",
                "ALTER TABLE avatar_monitor_kept_hint DROP COLUMN failures",
                "ALTER TABLE avatar_monitor_kept_hint DROP COLUMN due_at",
                "DELETE FROM " + HISTORY + " WHERE \"version\" IN ('46', '47', '48', '49')");
    }

    @Test
    void droppedViewComesBackAlthoughAllMigrationsHaveRun() {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Sql.run(fresh.database(), "DROP VIEW v_future_times");
            assertThat(Migrations.pending(fresh.database())).containsExactly("views (missing: v_future_times)");
            assertThat(Migrations.run(fresh.database())).isEqualTo(1);
            assertThat(Migrations.run(fresh.database())).isZero();
        }
    }
}
