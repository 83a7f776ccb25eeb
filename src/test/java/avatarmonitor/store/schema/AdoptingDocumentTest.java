package avatarmonitor.store.schema;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.migration.Migrations;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The SQL of docs/adopting.md and of the file it links runs unchanged, and creates a table that can be monitored. */
class AdoptingDocumentTest {
    /** A block of SQL, or the link to a file of SQL. */
    private static final Pattern SQL = Pattern.compile("(?ms)^ *```sql\\n(.*?)^ *```|]\\((examples/\\w+\\.sql)\\)");

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
        List<String> blocks = new ArrayList<>();
        Matcher found = SQL.matcher(Files.readString(Path.of("docs/adopting.md")));
        while (found.find()) {
            blocks.add(found.group(2) == null ? found.group(1) : file(found.group(2)));
        }
        return blocks;
    }

    /** Returns the file with values for its variables, as psql fills them in. */
    private static String file(String name) throws IOException {
        return Files.readString(Path.of("docs", name))
                .replace(":'name'", "'Ada'")
                .replace(":'training_type'", "'PORTRAIT'")
                .replace(":'request_id'", "'0b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e'");
    }
}
