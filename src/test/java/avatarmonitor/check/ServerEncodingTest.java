package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.fal.answer.FalError;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.migration.Migrations;
import avatarmonitor.testing.TestDatabase;
import java.sql.Statement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trainings end in databases whose encoding cannot store fal's text. */
final class ServerEncodingTest {
    private static final String WORDS = "“Zürich” 日本 🙂 \u0000 ";

    @ParameterizedTest
    @CsvSource({
        "POSTGRESQL_15, LATIN1, json",
        "POSTGRESQL_18, LATIN1, jsonb",
        "POSTGRESQL_18, SQL_ASCII, jsonb",
        "POSTGRESQL_18, EUC_JP, json",
        "POSTGRESQL_18, UTF8, jsonb",
    })
    void endsAreWritten(TestDatabase kind, String encoding, String json) {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            String name = "encoded_" + Long.toHexString(System.nanoTime());
            run(
                    fresh.database(),
                    "CREATE DATABASE " + name + " ENCODING '" + encoding + "' LOCALE 'C' TEMPLATE template0");
            StoreConfig config = fresh.config();
            String url = config.url().replaceFirst("/[^/]+$", "/" + name);
            try (Database database = Database.open(new StoreConfig(url, config.user(), config.password(), 3))) {
                Migrations.runCreatingAvatars(database);
                endAll(new RefusedEnds(database), json);
            } finally {
                run(fresh.database(), "DROP DATABASE " + name + " WITH (FORCE)");
            }
        }
    }

    private static void endAll(RefusedEnds ends, String json) {
        ends.avatars.run("ALTER TABLE avatars ALTER COLUMN fal_response_data TYPE " + json + " USING NULL");
        ends.check = ends.restarted();
        AvatarId failed = ends.watched("r-1");
        ends.falSays("failed");
        ends.fal.result = new FalAnswer.Failed(new FalError(422, WORDS, WORDS + "x".repeat(600) + "…", false), null);
        assertThat(ends.next(failed)).isEqualTo(CheckOutcome.FAILED);
        assertThat(ends.avatars.row(failed).get("training_error")).contains("rich", "xxx");

        AvatarId completed = ends.watched("r-2");
        ends.completed(RefusedEnds.MODEL.strip().replaceFirst("\\}$", ", \"prompt\": \"日本 “Zürich” 🙂\"}"));
        assertThat(ends.next(completed)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(ends.avatars.row(completed).get("fal_response_data")).contains("prompt");

        AvatarId unavailable = ends.watched("r-3");
        ends.fal.status = new FalAnswer.Unavailable(FalAnswer.Cause.MALFORMED, WORDS);
        assertThat(ends.next(unavailable)).isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(ends.watch(unavailable)).containsEntry("failures_in_row", "1");

        AvatarId refused = ends.watched("r-4");
        ends.avatars.run("ALTER TABLE avatars ADD CONSTRAINT only_training CHECK (status = 'TRAINING') NOT VALID");
        ends.completed(RefusedEnds.MODEL.strip().replaceFirst("\\}$", ", \"prompt\": \"日本\"}"));
        assertThat(ends.next(refused)).isEqualTo(CheckOutcome.WRITE_REFUSED);
        assertThat(ends.answer(refused)).containsEntry("sql_state", "23514");
        ends.avatars.run("ALTER TABLE avatars DROP CONSTRAINT only_training");
        ends.check = ends.restarted();
        assertThat(ends.next(refused)).isEqualTo(CheckOutcome.COMPLETED);
    }

    private static void run(Database database, String sql) {
        database.read(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }
}
