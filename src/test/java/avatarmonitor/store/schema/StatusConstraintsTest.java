package avatarmonitor.store.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.store.SchemaException;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * CHECK constraints that forbid the end of a training are found when the schema is read, whatever their expressions.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class StatusConstraintsTest {
    private final TestDatabase kind;
    private final TestDatabase.Fresh fresh;

    StatusConstraintsTest(TestDatabase kind) {
        this.kind = kind;
        this.fresh = kind.fresh();
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    private void constraint(String check) {
        Sql.run(fresh.database(), "ALTER TABLE avatars ADD CONSTRAINT allowed_status CHECK (" + check + ")");
    }

    private void drop() {
        Sql.run(fresh.database(), "ALTER TABLE avatars DROP CONSTRAINT allowed_status");
    }

    @Test
    void forbiddenStatusIsNamedWithItsConstraint() {
        Map<String, String> forbidden = Map.of(
                "status IN ('TRAINING', 'COMPLETED', 'ERROR')", "CANCELLED",
                "status IN ('training', 'completed', 'cancelled', 'draft')", "error",
                "lower(status) <> 'error'", "ERROR",
                "status <> 'COMPLETED' AND status <> 'CANCELLED' AND upper(status) = status", "CANCELLED, COMPLETED",
                "char_length(status) < 9", "CANCELLED, COMPLETED",
                "status IN ('Training', 'Completed', 'Error', 'Canceled')", "Cancelled");
        forbidden.forEach((check, words) -> {
            constraint(check);
            assertThatThrownBy(() -> AvatarSchema.read(fresh.database()))
                    .as(check)
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("constraint allowed_status forbids status " + words + ", change it");
            drop();
        });
    }

    @Test
    void constraintsThatAllowTheEndsOrDependOnTheRowAreNoProblem() {
        List<String> harmless = List.of(
                "status IN ('TRAINING', 'COMPLETED', 'ERROR', 'CANCELLED', 'DRAFT')",
                "status IN ('TRAINING', 'training', 'COMPLETED', 'ERROR', 'CANCELLED')",
                "lower(status) IN ('training', 'completed', 'error', 'cancelled')",
                "status <> 'COMPLETED' OR finetune_id IS NOT NULL OR config_file_url IS NOT NULL",
                "training_progress < 101",
                "char_length(status) > 2");
        harmless.forEach(check -> {
            constraint(check);
            assertThatCode(() -> AvatarSchema.read(fresh.database())).as(check).doesNotThrowAnyException();
            drop();
        });
    }

    @Test
    void domainCountsToo() {
        domain("good", "'TRAINING', 'COMPLETED', 'ERROR', 'CANCELLED'");
        assertThat(AvatarSchema.read(fresh.database()).has("status")).isTrue();
        domain("bad", "'TRAINING', 'COMPLETED', 'ERROR'");
        assertThatThrownBy(() -> AvatarSchema.read(fresh.database()))
                .hasMessageContaining("constraint known_bad forbids status CANCELLED");
    }

    private void domain(String name, String words) {
        Sql.run(
                fresh.database(),
                "CREATE DOMAIN " + name + " AS varchar(20) CONSTRAINT known_" + name + " CHECK (VALUE IN (" + words
                        + "))",
                "ALTER TABLE avatars ALTER COLUMN status " + (kind == TestDatabase.H2 ? "SET DATA TYPE " : "TYPE ")
                        + name);
    }
}
