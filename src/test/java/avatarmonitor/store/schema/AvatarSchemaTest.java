package avatarmonitor.store.schema;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.store.SchemaException;
import avatarmonitor.store.migration.Migrations;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestDatabase.class)
final class AvatarSchemaTest {
    private final TestDatabase kind;

    AvatarSchemaTest(TestDatabase kind) {
        this.kind = kind;
    }

    @Test
    void ownTableHasEveryColumn() {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            AvatarSchema schema = AvatarSchema.read(fresh.database());

            Set<String> names = new HashSet<>(AvatarColumns.names());
            names.remove("fal_endpoint");
            assertThat(schema.columns().keySet()).isEqualTo(names);
            assertThat(schema.table()).isEqualTo("public.avatars");
            assertThat(schema.length("fal_request_id")).hasValue(255);
            assertThat(schema.length("config_file_url")).hasValue(500);
            assertThat(schema.length("id")).isEmpty();
            assertThat(schema.isJson("fal_response_data")).isTrue();
            assertThat(requireNonNull(schema.columns().get("status")).kind()).isNotEqualTo(AvatarSchema.Kind.ENUM);
            assertThat(schema.isNullable("status")).isFalse();
            assertThat(schema.isNullable("finetune_id")).isTrue();
        }
    }

    @Test
    void columnsThatAreOptionalMayBeMissing() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            Sql.run(fresh.database(), """
                    CREATE TABLE avatars (id uuid PRIMARY KEY, status varchar(9), training_type varchar(8),
                      fal_request_id varchar(64), training_started_at timestamp, unrelated bigint)
                    """);

            AvatarSchema schema = AvatarSchema.read(fresh.database());

            assertThat(schema.columns())
                    .containsOnlyKeys("id", "status", "training_type", "fal_request_id", "training_started_at");
            assertThat(schema.has("finetune_id")).isFalse();
            assertThat(schema.length("finetune_id")).isEmpty();
            assertThat(schema.isNullable("finetune_id")).isFalse();
        }
    }

    @Test
    void enumsAreKnownWithTheirLabels() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            boolean h2 = kind == TestDatabase.H2;
            String labels = "('draft', 'training', 'completed', 'error', 'cancelled')";
            if (!h2) {
                Sql.run(fresh.database(), "CREATE TYPE avatarstatus AS ENUM " + labels);
            }
            Sql.run(
                    fresh.database(),
                    "CREATE TABLE avatars (id uuid, status " + (h2 ? "ENUM " + labels : "avatarstatus")
                            + " NOT NULL, training_type varchar, fal_request_id varchar, training_started_at timestamp)");

            AvatarSchema schema = AvatarSchema.read(fresh.database());

            assertThat(requireNonNull(schema.columns().get("status")).kind()).isEqualTo(AvatarSchema.Kind.ENUM);
            assertThat(requireNonNull(schema.columns().get("status")).labels())
                    .containsExactly("draft", "training", "completed", "error", "cancelled");
            assertThat(requireNonNull(schema.columns().get("training_type")).labels())
                    .isEmpty();
        }
    }

    @Test
    void everythingThatIsWrongIsNamedAtOnceAndNothingIsMigrated() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            Sql.run(
                    fresh.database(),
                    "CREATE TABLE avatars (id bigint, status varchar(8), updated_at varchar(20), name varchar(10))");
            List<String> pending = Migrations.pending(fresh.database());
            assertThat(pending).isNotEmpty();

            assertThatThrownBy(() -> Migrations.run(fresh.database()))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("public.avatars")
                    .hasMessageContaining("column training_type (text or varchar or enum) is missing")
                    .hasMessageContaining("column fal_request_id (text or varchar) is missing")
                    .hasMessageContaining("column training_started_at (timestamp with time zone) is missing")
                    .hasMessageContaining("column id is")
                    .hasMessageContaining("but must be uuid")
                    .hasMessageContaining("must hold 9 characters")
                    .hasMessageContaining("column updated_at is")
                    .hasMessageNotContaining("finetune_id");
            assertThat(Migrations.pending(fresh.database())).isEqualTo(pending);
        }
    }

    @Test
    void statusEnumThatLacksAnEndIsNamed() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            boolean h2 = kind == TestDatabase.H2;
            String labels = "('TRAINING', 'COMPLETED', 'FAILED', 'cancelled')";
            if (!h2) {
                Sql.run(fresh.database(), "CREATE TYPE avatarstatus AS ENUM " + labels);
            }
            Sql.run(
                    fresh.database(),
                    "CREATE TABLE avatars (id uuid, status " + (h2 ? "ENUM " + labels : "avatarstatus")
                            + ", training_type varchar, fal_request_id varchar, training_started_at timestamp)");

            assertThatThrownBy(() -> AvatarSchema.read(fresh.database()))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("of column status lacks ERROR, CANCELLED,");
        }
    }

    @Test
    void databaseWithoutTheTableSaysHowToGetIt() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            assertThatThrownBy(() -> AvatarSchema.read(fresh.database()))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("avatar-monitor migrate");
        }
    }

    @Test
    void tableIsCreatedUnaskedOnH2Only() {
        try (TestDatabase.Fresh fresh = kind.empty()) {
            if (kind == TestDatabase.H2) {
                assertThat(Migrations.run(fresh.database())).isPositive();
                assertThat(AvatarSchema.read(fresh.database()).columns()).hasSize(15);
            } else {
                assertThatThrownBy(() -> Migrations.run(fresh.database())).isInstanceOf(SchemaException.class);
                assertThat(Sql.rows(fresh.database(), "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
                        .isEmpty();
            }
        }
    }

    @Test
    void wordsFollowTheLetterCaseOfTheSample() {
        assertThat(AvatarSchema.inCaseOf("training", "COMPLETED")).isEqualTo("completed");
        assertThat(AvatarSchema.inCaseOf("TRAINING", "completed")).isEqualTo("COMPLETED");
        assertThat(AvatarSchema.inCaseOf("Training", "completed")).isEqualTo("Completed");
    }
}
