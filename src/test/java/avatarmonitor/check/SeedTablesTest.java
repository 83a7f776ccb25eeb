package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.ModelRules;
import avatarmonitor.check.decision.Rules;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.store.Database;
import avatarmonitor.store.clock.DatabaseTime;
import avatarmonitor.store.migration.Migrations;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.SeedTables;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestRules;
import avatarmonitor.testing.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Both shapes of the seed application's table need no configuration, for every shape of model that fal returns. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"POSTGRESQL_15", "POSTGRESQL_18"})
final class SeedTablesTest {
    private static final String TWO_FILES = """
            {"diffusers_lora_file": {"url": "https://v3.fal.media/files/a/l.safetensors", "file_name": "l.safetensors"},
             "config_file": {"url": "https://v3.fal.media/files/a/config.json"}}""";
    private static final String LORA_FILE = """
            {"lora_file": {"url": "https://v3.fal.media/files/b/l.safetensors"},
             "config_file": {"url": "https://v3.fal.media/files/b/config.json"}}""";
    private static final String ID = "{\"finetune_id\": \"ft-1\"}";

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;
    private final PlacedFal fal = new PlacedFal();
    private Instant now = Instant.EPOCH;

    SeedTablesTest(TestDatabase kind) {
        fresh = kind.empty();
        database = fresh.database();
    }

    private void adopt(String... tables) {
        Sql.run(database, tables);
        Migrations.run(database);
        now = DatabaseTime.now(database);
    }

    private CheckOutcome end(String insert, String type, String output) {
        AvatarId id = new AvatarId(UUID.randomUUID());
        String request = UUID.randomUUID().toString();
        new Avatars(database).run(insert, id.value(), type, request, now.atOffset(ZoneOffset.UTC));
        String endpoint = type.equalsIgnoreCase("style") ? Types.STYLE.endpoint() : Types.PORTRAIT.endpoint();
        fal.has(endpoint, request, new FalAnswer.Completed(null)).returns(output);
        AvatarStore avatars = AvatarStore.read(database, Types.SHIPPED);
        ModelRules model = new ModelRules(column -> avatars.schema().length(column), false);
        Rules rules = TestRules.of(Types.SHIPPED, 3, Duration.ofMinutes(10), model);
        return Checks.asking(fal, database, () -> now, rules).check(id, false);
    }

    @Test
    void enumsInLowerCaseAndEveryColumn() {
        adopt(SeedTables.WITH_ENUMS);
        String insert = """
                INSERT INTO avatars (id, user_id, training_type, status, fal_request_id, training_started_at)
                VALUES (?, '99999999-2222-3333-4444-555555555555', CAST(? AS avatartrainingtype), 'training', ?, ?)""";
        for (String output : new String[] {TWO_FILES, LORA_FILE, ID}) {
            assertThat(end(insert, "style", output)).as(output).isEqualTo(CheckOutcome.COMPLETED);
        }
        assertThat(end(insert, "portrait", TWO_FILES)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(end(insert, "portrait", LORA_FILE)).isEqualTo(CheckOutcome.COMPLETED);

        assertThat(Sql.rows(database, """
                        SELECT training_type, status, diffusers_lora_file_url, config_file_url, finetune_id, training_error,
                               (fal_response_data)::text <> '{}'
                        FROM avatars ORDER BY training_type, 3"""))
                .containsExactly(
                        "portrait|completed|https://v3.fal.media/files/a/l.safetensors|https://v3.fal.media/files/a/config.json|||t",
                        "portrait|completed|https://v3.fal.media/files/b/l.safetensors|https://v3.fal.media/files/b/config.json|||t",
                        "style|completed|https://v3.fal.media/files/a/l.safetensors|https://v3.fal.media/files/a/config.json|||t",
                        "style|completed|https://v3.fal.media/files/b/l.safetensors|https://v3.fal.media/files/b/config.json|||t",
                        "style|completed|||ft-1||t");
    }

    @Test
    void wordsInUpperCaseAndNoColumnForAModel() {
        adopt(SeedTables.IN_UPPER_CASE);
        String insert = """
                INSERT INTO avatars (id, training_type, status, fal_request_id, training_started_at)
                VALUES (?, ?, 'TRAINING', ?, ?)""";
        for (String output : new String[] {TWO_FILES, LORA_FILE, ID}) {
            assertThat(end(insert, "STYLE", output)).as(output).isEqualTo(CheckOutcome.COMPLETED);
        }
        assertThat(end(insert, "PORTRAIT", TWO_FILES)).isEqualTo(CheckOutcome.COMPLETED);

        assertThat(Sql.rows(database, "SELECT DISTINCT status FROM avatars")).containsExactly("COMPLETED");
        assertThat(Sql.rows(database, "SELECT count(*) FROM avatar_event WHERE type = 'completed'"))
                .containsExactly("4");
    }
}
