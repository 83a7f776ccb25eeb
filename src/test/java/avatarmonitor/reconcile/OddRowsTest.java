package avatarmonitor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.StatusCheck.Snapshot;
import avatarmonitor.check.decision.Eligibility;
import avatarmonitor.inspect.AvatarDetails;
import avatarmonitor.inspect.AvatarFilter;
import avatarmonitor.inspect.AvatarList;
import avatarmonitor.inspect.Overview;
import avatarmonitor.store.Database;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.Types;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows that an application may write by mistake. None of them hides another one. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class OddRowsTest {
    private static final String GOOD = "00000000-0000-7000-8000-0000000000aa";

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;
    private final boolean postgres;

    OddRowsTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        postgres = kind != TestDatabase.H2;
    }

    @BeforeEach
    void oneGoodRow() {
        // The application may have no primary key, and a column of any length.
        Sql.run(
                database,
                postgres ? "ALTER TABLE avatars DROP CONSTRAINT avatars_pkey" : "ALTER TABLE avatars DROP PRIMARY KEY",
                "ALTER TABLE avatars ALTER COLUMN id DROP NOT NULL",
                "ALTER TABLE avatars ALTER COLUMN status DROP NOT NULL");
        insert("'" + GOOD + "'", "'PORTRAIT'", "'TRAINING'", "'req-1'", "current_timestamp");
    }

    private void insert(String id, String type, String status, String request, String started) {
        new Avatars(database)
                .run("INSERT INTO avatars (id, training_type, status, fal_request_id, training_started_at) VALUES ("
                        + String.join(", ", id, type, status, request, started) + ")");
    }

    private static String number(int n) {
        return "'00000000-0000-7000-8000-%012d'".formatted(n);
    }

    /** Returns why each row must not be sent to fal, by its start, request and type; null where it may be. */
    private Map<String, @Nullable String> odd() {
        Map<String, @Nullable String> odd = new LinkedHashMap<>();
        odd.put("current_timestamp | 'a' | 'Style'", null);
        odd.put("current_timestamp + INTERVAL '30' SECOND | 'a' | 'STYLE'", null);
        odd.put("current_timestamp + INTERVAL '90' SECOND | 'a' | 'STYLE'", "training_started_at lies in the future");
        odd.put("current_timestamp | NULL | 'STYLE'", "no fal_request_id");
        odd.put("current_timestamp | '' | 'STYLE'", "no fal_request_id");
        odd.put("current_timestamp | ' ' | 'STYLE'", "no fal_request_id");
        odd.put("current_timestamp | 'a b' | 'STYLE'", "fal_request_id is not one that fal gives");
        odd.put("current_timestamp | '" + "a".repeat(64) + "' | 'STYLE'", null);
        odd.put("current_timestamp | '" + "a".repeat(65) + "' | 'STYLE'", "fal_request_id is not one that fal gives");
        odd.put("current_timestamp | 'ä' | 'STYLE'", "fal_request_id is not one that fal gives");
        odd.put("current_timestamp | 'a' | NULL", "unknown training_type");
        odd.put("current_timestamp | 'a' | 'STYLE '", "unknown training_type");
        odd.put("current_timestamp | 'a' | 'ſtyle'", "unknown training_type");
        odd.put("NULL | 'a' | 'STYLE'", "no training_started_at");
        odd.put("TIMESTAMP WITH TIME ZONE '0001-01-01 00:00:00+00' | 'a' | 'STYLE'", null);
        odd.put(
                "TIMESTAMP WITH TIME ZONE '294276-12-31 00:00:00+00' | 'a' | 'STYLE'",
                "training_started_at lies in the future");
        if (postgres) {
            odd.put("'infinity' | 'a' | 'STYLE'", "training_started_at is infinite");
            odd.put("'-infinity' | 'a' | 'STYLE'", "training_started_at is infinite");
            odd.put("'4713-01-01 00:00:00+00 BC' | 'a' | 'STYLE'", null);
        }
        return odd;
    }

    private int insertOddRows() {
        int n = 0;
        for (String row : odd().keySet()) {
            String[] values = row.split(" \\| ", -1);
            insert(number(++n), values[2], "'training'", values[1], values[0]);
        }
        insert("NULL", "'STYLE'", "'TRAINING'", "'req-2'", "current_timestamp");
        insert(number(500), "'STYLE'", "NULL", "'req-2'", "current_timestamp");
        return n;
    }

    /** View and program must agree; the test's clock is the database's. */
    @Test
    void viewAndProgramAgreeOnEachRow() {
        insertOddRows();
        AvatarStore store = AvatarStore.read(database, Types.SHIPPED);
        Map<String, String> inView = Sql.rows(database, "SELECT avatar_id, why FROM v_unwatched").stream()
                .map(row -> row.split("\\|", -1))
                .collect(Collectors.toMap(row -> row[0], row -> row[1]));
        int n = 0;
        for (Map.Entry<String, @Nullable String> row : odd().entrySet()) {
            AvatarId id = new AvatarId(UUID.fromString(number(++n).replace("'", "")));
            Avatar avatar = database.<Avatar>read(
                    connection -> store.find(connection, id).orElseThrow());
            Eligibility eligibility = Eligibility.of(avatar, Types.SHIPPED, Instant.now());

            assertThat(inView)
                    .as(row.getKey())
                    .containsEntry(id.toString(), row.getValue() == null ? "no trigger" : row.getValue());
            assertThat(eligibility instanceof Eligibility.Eligible)
                    .as(row.getKey() + " " + eligibility)
                    .isEqualTo(row.getValue() == null);
        }
        assertThat(inView).containsEntry("", "no id").containsEntry(GOOD, "no trigger");
    }

    @Test
    void everyListIsReadAndNamesThem() throws IOException {
        int rows = insertOddRows();
        AvatarSchema schema = AvatarSchema.read(database);

        List<Map<String, @Nullable Object>> listed = AvatarList.UNWATCHED
                .first(database, schema, new AvatarFilter("", "", ""), 100)
                .rows();
        assertThat(listed).hasSize(rows + 2);
        if (postgres) {
            assertThat(listed)
                    .filteredOn(row -> "infinity".equals(row.get("training_started_at")))
                    .hasSize(1);
            assertThat(listed)
                    .filteredOn(row -> "-infinity".equals(row.get("training_started_at")))
                    .hasSize(1);
        }
        Map<String, Long> counts = Overview.read(database, Instant.now()).counts();
        assertThat(counts.get("unwatched")).isEqualTo(rows + 2L);
        for (int n = 1; n <= rows; n++) {
            AvatarId id = new AvatarId(UUID.fromString(number(n).replace("'", "")));
            assertThat(AvatarDetails.read(database, schema, id, 10)
                            .json()
                            .get("unwatched")
                            .isJsonObject())
                    .isTrue();
        }
        try (Stream<Path> questions = Files.list(Path.of("sql/inspect"))) {
            for (Path question : questions.toList()) {
                assertThat(Sql.rows(database, Files.readString(question)))
                        .as(question.toString())
                        .isNotNull();
            }
        }
    }

    @Test
    void eventOfATrainingWithAnInfiniteStartDoesNotBreakTheDurations() throws IOException {
        String started = postgres ? "'-infinity'" : "NULL";
        insert(number(1), "'STYLE'", "'COMPLETED'", "'req-9'", started);
        insert(number(2), "'style'", "'COMPLETED'", "'req-8'", "current_timestamp - INTERVAL '100' SECOND");
        Sql.run(
                database,
                "INSERT INTO avatar_event (at, avatar_id, fal_request_id, worker, type, detail) SELECT current_timestamp, id,"
                        + " fal_request_id, 'w', 'completed', " + (postgres ? "'{}'" : "'{}' FORMAT JSON")
                        + " FROM avatars WHERE status = 'COMPLETED'");

        assertThat(Sql.rows(database, Files.readString(Path.of("sql/inspect/durations_by_type.sql"))))
                .containsExactly("STYLE|completed|1|100|100");
    }

    @Test
    void scanReadsExactlyThoseThatMayBeMonitored() {
        insertOddRows();
        long good = odd().values().stream().filter(why -> why == null).count() + 1;

        List<AvatarId> undecided = database.read(connection -> UnmonitoredKind.UNDECIDED.page(connection, null, 1_000));
        assertThat(undecided).hasSize((int) good).contains(new AvatarId(UUID.fromString(GOOD)));
        assertThat(database.<List<AvatarId>>read(connection -> UnmonitoredKind.ALL.page(connection, null, 1_000)))
                .hasSize(odd().size() + 1);
        AvatarStore store = AvatarStore.read(database, Types.SHIPPED);
        Map<AvatarId, Snapshot> seen = StatusCheck.prefetch(database, store, undecided);
        assertThat(seen).hasSize(postgres ? (int) good : 0);
    }
}
