package avatarmonitor.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.inspect.AvatarList.Wanted;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.migration.Migrations;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.store.sql.Dialect;
import avatarmonitor.store.sql.QueryLimit;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.Types;
import com.google.gson.JsonObject;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading is bounded however long the texts in the application's columns are; and a search has a timeout. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class LongTextTest {
    private static final UUID ID = UUID.fromString("0198a1b2-0000-7000-8000-000000000001");
    private static final UUID OTHER = UUID.fromString("f198a1b2-0000-7000-8000-000000000002");
    private static final int MEGABYTE = 1_000_000;

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private final Avatars avatars;

    LongTextTest(TestDatabase kind) {
        fresh = kind.empty();
        database = fresh.database();
        avatars = new Avatars(database);
        avatars.run(
                "CREATE TABLE avatars (id uuid PRIMARY KEY, name text, training_type text, status text, fal_request_id text,"
                        + " training_started_at timestamp with time zone, training_error text, finetune_id text,"
                        + " fal_response_data text)");
        Migrations.run(database);
    }

    @AfterEach
    void drop() {
        fresh.close();
    }

    private void insert(UUID id, String text, String status) {
        avatars.run(
                "INSERT INTO avatars VALUES (?, ?, ?, ?, ?, current_timestamp, ?, ?, ?)",
                id,
                text,
                text,
                status,
                text,
                text,
                text,
                text);
    }

    private static int longest(Map<String, @Nullable Object> row) {
        return row.values().stream()
                .mapToInt(value -> String.valueOf(value).length())
                .max()
                .orElse(0);
    }

    @Test
    void nothingIsReadWhole() {
        insert(ID, "é".repeat(MEGABYTE), "TRAINING");
        avatars.run(
                "INSERT INTO avatar_monitoring (avatar_id, fal_request_id, watched_since, window_ends_at, outcome, ended_at)"
                        + " VALUES ('" + ID
                        + "', 'r', current_timestamp, current_timestamp, 'gave_up', current_timestamp)");
        AvatarSchema schema = AvatarSchema.read(database);

        Avatar checked = database.read(connection ->
                        new AvatarStore(database.dialect(), schema, Types.SHIPPED).find(connection, new AvatarId(ID)))
                .orElseThrow();
        assertThat(checked.falRequestId()).isEqualTo("é".repeat(100));
        assertThat(checked.trainingType()).isEqualTo("é".repeat(100));

        for (AvatarList list : List.of(AvatarList.UNWATCHED, AvatarList.INVALID, AvatarList.ENDED)) {
            List<Map<String, @Nullable Object>> rows = list.first(database, schema, new AvatarFilter("", "", ""), 10)
                    .rows();
            assertThat(rows).as(list.word()).hasSize(1);
            assertThat(longest(rows.get(0))).as(list.word()).isLessThanOrEqualTo(1_000);
            assertThat(String.valueOf(rows.get(0).get("name"))).hasSize(200);
        }

        Map<String, @Nullable Object> details =
                AvatarDetails.read(database, schema, new AvatarId(ID), 10).avatar();
        assertThat(String.valueOf(details.get("training_error"))).hasSize(10_000);
        assertThat(String.valueOf(details.get("finetune_id"))).hasSize(2_000);
        assertThat(String.valueOf(details.get("fal_response_data"))).hasSize(1_000_000);

        Logged event = new Logged(1, Instant.EPOCH, new AvatarId(ID), null, "w", "watching", new JsonObject());
        String name = database.read(connection -> AvatarNames.read(connection, schema, List.of(event)))
                .of(event);
        assertThat(name).hasSize(200);
    }

    @Test
    void statusThatOnlyBeginsAsTrainingIsNone() {
        insert(ID, "r-1", "TRAINING" + " ".repeat(200) + "x");
        AvatarSchema schema = AvatarSchema.read(database);

        assertThat(AvatarList.UNWATCHED
                        .first(database, schema, new AvatarFilter("", "", ""), 10)
                        .rows())
                .isEmpty();
    }

    @Test
    void idIsFoundByItsBeginningWhateverTheNamesAre() {
        insert(ID, "Ada", "TRAINING");
        insert(OTHER, "0198a1b2", "TRAINING");
        AvatarSchema schema = AvatarSchema.read(database);

        assertThat(found(schema, "0198A1B2-0000")).containsExactly(ID.toString());
        assertThat(found(schema, "0198a1b2")).as("an id before a name").containsExactly(ID.toString());
        assertThat(found(schema, OTHER.toString())).containsExactly(OTHER.toString());
        assertThat(found(schema, "f")).containsExactly(OTHER.toString());
        assertThat(found(schema, "01")).containsExactlyInAnyOrder(ID.toString(), OTHER.toString());
        assertThat(found(schema, "aDA")).containsExactly(ID.toString());
        assertThat(found(schema, "0198a1b2ffff")).isEmpty();
        assertThat(found(schema, "%")).isEmpty();
        assertThat(found(schema, "-")).isEmpty();
    }

    private List<String> found(AvatarSchema schema, String text) {
        return AvatarList.UNWATCHED
                .page(database, schema, new Wanted(new AvatarFilter(text, "", ""), "training_started_at", false, 10, 0))
                .rows()
                .stream()
                .map(row -> String.valueOf(row.get("avatar_id")))
                .toList();
    }

    @Test
    void searchThatTakesTooLongEndsInTwoSeconds() {
        long began = System.nanoTime();
        assertThatThrownBy(database.dialect() == Dialect.POSTGRESQL ? this::searchWhileLocked : this::longQuery)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.cancelled()).isTrue());
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(10));
    }

    private void searchWhileLocked() {
        AvatarSchema schema = AvatarSchema.read(database);
        List<String> unused = database.inTransaction(connection -> {
            try (Statement lock = connection.createStatement()) {
                lock.execute("LOCK TABLE avatars IN ACCESS EXCLUSIVE MODE");
            }
            return found(schema, "ada");
        });
    }

    /** A long query, since readers of H2 wait for no lock. */
    private void longQuery() {
        boolean unused = database.read(connection -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "SELECT count(*) FROM system_range(1, 100000) a, system_range(1, 100000) b WHERE a.\"X\" + b.\"X\" < 0")) {
                return QueryLimit.within(AvatarSearch.TIME_MAX, select, PreparedStatement::execute);
            }
        });
    }
}
