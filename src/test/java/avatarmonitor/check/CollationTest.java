package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.decision.Eligibility;
import avatarmonitor.inspect.AvatarFilter;
import avatarmonitor.inspect.AvatarList;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.migration.Migrations;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.testing.FakedServer;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.Types;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A Turkish database, in which the upper case of {@code training} is {@code TRAİNİNG}, and columns of every type and
 * collation.
 */
@ParameterizedClass
@CsvSource({"POSTGRESQL_15, ICU", "POSTGRESQL_18, ICU", "POSTGRESQL_18, LIBC"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CollationTest {
    /** Collation provider. */
    enum Provider {
        ICU,
        LIBC
    }

    @Parameter(0)
    @SuppressWarnings("NullAway.Init")
    private TestDatabase kind;

    @Parameter(1)
    @SuppressWarnings("NullAway.Init")
    private Provider provider;

    @SuppressWarnings("NullAway.Init")
    private TestDatabase.Fresh server;

    @SuppressWarnings("NullAway.Init")
    private String name;

    @SuppressWarnings("NullAway.Init")
    private Database database;

    private boolean made;

    @SuppressWarnings("NullAway.Init")
    private Observing observing;

    /** One database for all tests of the class. */
    @BeforeEach
    void turkishDatabase() {
        if (made) {
            return;
        }
        server = provider == Provider.ICU
                ? kind.empty()
                : FakedServer.start(kind, Map.of("LOCPATH", localesWithTurkish().toString()));
        made = true;
        name = Sql.rows(server.database(), "SELECT current_database()").get(0) + "_tr";
        outsideTransaction("CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8' "
                + switch (provider) {
                    case ICU -> "LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR' LOCALE 'C'";
                    case LIBC -> "LOCALE_PROVIDER libc LOCALE 'tr_TR.UTF-8'";
                });
        StoreConfig config = server.config();
        database = Database.open(
                new StoreConfig(config.url().replaceAll("/[^/]*$", "/" + name), config.user(), config.password(), 4));
        Migrations.runCreatingAvatars(database);
        Sql.run(
                database,
                "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level1', deterministic = false)",
                "CREATE EXTENSION citext",
                "CREATE TYPE word AS ENUM ('training', 'completed', 'error', 'cancelled', 'portrait')",
                "CREATE DOMAIN padded AS char(64)",
                "CREATE DOMAIN padded_again AS padded",
                "CREATE DOMAIN key AS uuid",
                "CREATE DOMAIN key_again AS key NOT NULL");
        observing = new Observing(database);
    }

    /** Prints what is skipped when the locale cannot be created; fails in CI. */
    private static Path localesWithTurkish() {
        boolean there;
        Path locales;
        try {
            locales = Files.createTempDirectory("avatar-monitor-locales-");
            there = new ProcessBuilder(
                                    "localedef",
                                    "-i",
                                    "tr_TR",
                                    "-f",
                                    "UTF-8",
                                    locales.resolve("tr_TR.UTF-8").toString())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException noSuchProgram) {
            locales = Path.of("");
            there = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        String remedy = "CollationTest with a locale of libc was left out: localedef cannot make tr_TR"
                + " (install: apt-get install locales)";
        if (!there) {
            assertThat(System.getenv("CI")).as(remedy).isNotEqualTo("true");
            System.out.println(remedy);
        }
        assumeTrue(there, remedy);
        return locales;
    }

    @AfterAll
    void drop() {
        if (!made) {
            return;
        }
        database.close();
        outsideTransaction("DROP DATABASE " + name + " WITH (FORCE)");
        server.close();
    }

    private void outsideTransaction(String sql) {
        server.database().read(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    @Test
    void databaseIsTurkish() {
        assertThat(Sql.rows(database, "SELECT upper('training')")).containsExactly("TRAİNİNG");
    }

    @ParameterizedTest
    @CsvSource({
        "varchar(40), varchar(255), uuid",
        "text COLLATE \"tr-x-icu\", text COLLATE \"tr-x-icu\", key",
        "text COLLATE \"az-x-icu\", text COLLATE \"C\", key_again",
        "text COLLATE \"lt-x-icu\", text COLLATE \"lt-x-icu\", uuid",
        "text COLLATE loose, text COLLATE loose, uuid",
        "word, char(64), uuid",
        "citext, citext, uuid",
        "char(20), padded, uuid",
        "char(20) COLLATE \"tr-x-icu\", padded_again, key",
    })
    void lowerCaseRowIsSeenCheckedWrittenAndFound(String words, String request, String id) {
        Sql.run(
                database,
                "DELETE FROM avatars",
                "DELETE FROM avatar_monitoring",
                "DROP INDEX IF EXISTS idx_avatars_status",
                "DROP INDEX IF EXISTS idx_avatars_fal_request_id",
                "ALTER TABLE avatars ALTER COLUMN status TYPE " + words + " USING status::text::" + words,
                "ALTER TABLE avatars ALTER COLUMN training_type TYPE " + words + " USING training_type::text::" + words,
                "ALTER TABLE avatars ALTER COLUMN fal_request_id TYPE " + request,
                "ALTER TABLE avatars ALTER COLUMN id TYPE " + id);
        AvatarId avatar = observing.avatars.insert("portrait", "training", "r-1", Observing.START);
        AvatarStore store = AvatarStore.read(database, Types.SHIPPED);

        assertThat(Sql.rows(database, "SELECT why, state FROM v_unwatched")).containsExactly("no trigger|unmonitored");
        Avatar seen = Objects.requireNonNull(
                        StatusCheck.prefetch(database, store, List.of(avatar)).get(avatar))
                .avatar();
        assertThat(Eligibility.of(seen, Types.SHIPPED, Observing.SEEN_AT))
                .isInstanceOfSatisfying(Eligibility.Eligible.class, eligible -> {
                    assertThat(eligible.requestId().value()).isEqualTo("r-1");
                    assertThat(eligible.type()).isEqualTo(Types.PORTRAIT);
                });
        assertThat(database.<List<AvatarId>>read(connection -> store.training(connection, "r-1")))
                .containsExactly(avatar);
        observing.begin(avatar);
        assertThat(observing
                        .store()
                        .write(List.of(observing.of(avatar, Observing.progress(10))))
                        .written())
                .containsExactly(avatar);
        AvatarStore.Guard guard = new AvatarStore.Guard(avatar, "r-1", "training");
        assertThat(database.<AvatarStore.Write>inTransaction(
                        connection -> store.fail(connection, guard, "because", Observing.SEEN_AT)))
                .isEqualTo(AvatarStore.Write.DONE);
        assertThat(Sql.rows(database, "SELECT rtrim(status::text) FROM avatars"))
                .containsExactly("error");
        assertThat(found("R-1")).hasSize(1);
    }

    private List<Map<String, @Nullable Object>> found(String search) {
        Sql.run(database, "UPDATE avatar_monitoring SET ended_at = current_timestamp");
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> rows = (List<Map<String, Object>>) (List<?>) AvatarList.ENDED
                .page(
                        database,
                        AvatarSchema.read(database),
                        new AvatarList.Wanted(new AvatarFilter(search, "", ""), "ended_at", true, 10, 0))
                .rows();
        return rows;
    }

    /** The guard accepts only the checked request id, however loosely the application compares. */
    @Test
    void looseCollationDoesNotLoosenTheGuard() {
        Sql.run(
                database,
                "DELETE FROM avatars",
                "DROP INDEX IF EXISTS idx_avatars_fal_request_id",
                "ALTER TABLE avatars ALTER COLUMN fal_request_id TYPE text COLLATE loose",
                "ALTER TABLE avatars ALTER COLUMN status TYPE text COLLATE loose");
        AvatarId avatar = observing.avatars.insert("portrait", "training", "r-a", Observing.START);
        AvatarId other = observing.avatars.insert("portrait", "tráining", "r-b", Observing.START);
        AvatarStore store = AvatarStore.read(database, Types.SHIPPED);

        assertThat(Sql.rows(database, "SELECT count(*) FROM avatars WHERE status = 'TRAINING'"))
                .as("so loose is it")
                .containsExactly("2");
        assertThat(database.<AvatarStore.Write>inTransaction(connection ->
                        store.cancel(connection, new AvatarStore.Guard(avatar, "R-A", "training"), Observing.SEEN_AT)))
                .isEqualTo(AvatarStore.Write.CHANGED);
        assertThat(database.<AvatarStore.Write>inTransaction(connection ->
                        store.cancel(connection, new AvatarStore.Guard(other, "r-b", "training"), Observing.SEEN_AT)))
                .isEqualTo(AvatarStore.Write.CHANGED);
        assertThat(Sql.rows(database, "SELECT count(*) FROM avatar_monitor_training"))
                .containsExactly("1");
    }

    @Test
    void lettersOfOtherLanguagesAreNoneOfOurWords() {
        AvatarId id = new AvatarId(UUID.randomUUID());
        for (String word : List.of("traınıng", "TRAİNİNG")) {
            assertThat(new Avatar(id, "style", word, "r-1", Observing.START, null).isTraining())
                    .as(word)
                    .isFalse();
        }
        assertThat(Types.SHIPPED.find("ſtyle")).isEmpty();
        assertThat(new Avatar(id, "style", "tRaInInG", "r-1", Observing.START, null).isTraining())
                .isTrue();
    }
}
