package avatarmonitor.store.migration;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Databases of released versions, kept as dumps under {@code src/test/resources/schemas}, are upgraded by the
 * migrations of this one: the schema is then that of a new database, and nothing that was in it is lost.
 * CONTRIBUTING.md says how a release adds its dump.
 */
class UpgradeTest {
    private static final Path DUMPS = Path.of("src/test/resources/schemas");

    /** Views on views on views. */
    private static final int VIEW_DEPTH = 4;

    static Stream<Arguments> databases() throws IOException {
        try (Stream<Path> files = Files.list(DUMPS)) {
            return files.sorted().toList().stream()
                    .flatMap(dump -> Stream.of(TestDatabase.values())
                            .filter(kind -> (kind == TestDatabase.H2)
                                    == dump.getFileName().toString().startsWith("h2-"))
                            .map(kind -> Arguments.of(dump, kind)));
        }
    }

    @Test
    void firstVersionIsThereForBothDatabases() {
        assertThat(DUMPS.resolve("h2-0.1.0.sql")).isNotEmptyFile();
        assertThat(DUMPS.resolve("postgresql-0.1.0.sql")).isNotEmptyFile();
    }

    /** Without the views, which judge by the time: the rows of a dump grow old. */
    private static final String MONITORED =
            "SELECT trigger_name, next_fire_time FROM qrtz_triggers WHERE trigger_group = 'avatar' ORDER BY 1";

    @ParameterizedTest
    @MethodSource("databases")
    void schemaBecomesThatOfANewDatabaseAndRowsStay(Path dump, TestDatabase kind) throws Exception {
        try (TestDatabase.Fresh old = kind.empty();
                TestDatabase.Fresh fresh = kind.fresh()) {
            restore(old.administrator(), dump);
            Database database = old.database();
            List<String> watched = Sql.rows(database, MONITORED);
            assertThat(watched).hasSize(2);
            assertThat(Migrations.pending(database))
                    .as("the dump is of an older version")
                    .isNotEmpty();

            Migrations.run(database);

            assertThat(Migrations.pending(database)).isEmpty();
            assertThat(shape(database, kind)).isEqualTo(shape(fresh.database(), kind));
            assertThat(Sql.rows(database, MONITORED)).isEqualTo(watched);
            assertThat(Sql.rows(database, "SELECT name FROM avatars ORDER BY name"))
                    .containsExactly("Ada", "Ben", "Cleo");
            assertThat(Sql.rows(database, "SELECT count(*) FROM avatar_event WHERE type IN ('watching', 'completed')"))
                    .containsExactly("3");
        }
    }

    /** On a connection of its own: a dump of PostgreSQL empties the search path of its session. */
    private static void restore(StoreConfig config, Path dump) throws SQLException, IOException {
        boolean h2 = config.url().startsWith("jdbc:h2:");
        String url = h2 ? config.url() + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;AUTO_SERVER=TRUE" : config.url();
        try (Connection connection = DriverManager.getConnection(url, config.user(), config.password());
                Statement statement = connection.createStatement()) {
            if (h2) {
                statement.execute("RUNSCRIPT FROM '" + dump.toAbsolutePath() + "'");
                recompileViews(connection);
            } else {
                statement.execute(Files.readString(dump));
            }
        }
    }

    /**
     * A script of H2 makes views before what they read; opening the file again would compile them, too. Views of views
     * need another turn.
     */
    private static void recompileViews(Connection connection) throws SQLException {
        List<String> views = new ArrayList<>();
        try (Statement select = connection.createStatement();
                ResultSet row = select.executeQuery(
                        "SELECT table_name FROM information_schema.views WHERE table_schema = 'public'")) {
            while (row.next()) {
                views.add(row.getString(1));
            }
        }
        for (int turn = 1; turn <= VIEW_DEPTH; turn++) {
            for (String view : views) {
                try (Statement recompile = connection.createStatement()) {
                    recompile.execute("ALTER VIEW " + view + " RECOMPILE");
                } catch (SQLException early) {
                    if (turn == VIEW_DEPTH) {
                        throw early;
                    }
                }
            }
        }
    }

    /** Tables, columns, indexes and views. */
    private static List<String> shape(Database database, TestDatabase kind) {
        return Sql.rows(database, kind == TestDatabase.H2 ? """
                SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
                FROM information_schema.columns WHERE table_schema = 'public'
                UNION ALL
                SELECT 'index ' || table_name || '.' || index_name FROM information_schema.indexes
                WHERE table_schema = 'public' AND index_name LIKE 'idx%'
                ORDER BY 1""" : """
                SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
                FROM information_schema.columns WHERE table_schema = 'public'
                UNION ALL
                SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
                UNION ALL
                SELECT 'view ' || viewname || ' ' || definition FROM pg_views WHERE schemaname = 'public'
                UNION ALL
                SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace
                UNION ALL
                SELECT 'function ' || proname || ' ' || prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
                ORDER BY 1""");
    }
}
