package avatarmonitor.store;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The SQL of docs/adopting.md runs unchanged, and creates a table that can be monitored. */
class AdoptingDocumentTest {
    private static final Pattern SQL = Pattern.compile("(?ms)^( *)```sql\\n(.*?)^ *```");

    @Test
    void sqlOfThePageRunsAndItsTableIsAdopted() throws Exception {
        List<String> blocks = blocks();
        assertThat(blocks).hasSizeGreaterThan(6);
        try (TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.empty()) {
            blocks.forEach(sql -> Sql.run(fresh.database(), sql));
            Migrations.run(fresh.database());
            assertThat(AvatarSchema.read(fresh.database()).has("fal_response_data"))
                    .isTrue();
            assertThat(Sql.rows(fresh.database(), "SELECT status FROM avatars")).containsExactly("CANCELLED");
        }
    }

    private static List<String> blocks() throws IOException {
        return SQL.matcher(Files.readString(Path.of("docs/adopting.md")))
                .results()
                .map(block -> block.group(2))
                .toList();
    }
}
