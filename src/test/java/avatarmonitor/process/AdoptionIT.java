package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers on a database created by an application: its trainings end correctly, and its schema stays unchanged. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"POSTGRESQL_15", "POSTGRESQL_18"})
final class AdoptionIT {
    @RegisterExtension
    private final Site site;

    private final Map<UUID, String> expected = new LinkedHashMap<>();

    AdoptionIT(TestDatabase kind) {
        site = Site.onEmpty(kind).with("monitor.interval", "1s");
    }

    @Test
    void tableWithEnumsJsonAndForeignKeysAroundIt() {
        site.write(application -> {
            for (String statement : ApplicationSchema.RICH) {
                application.run(statement);
            }
            application.run("INSERT INTO users (id, email) VALUES (?, 'ada@example.com')", ApplicationSchema.USER);
            handOver(application, """
                    INSERT INTO avatars (id, user_id, name, training_type, status, fal_request_id, training_started_at)
                    VALUES (?, '%s', 'Ada', CAST(lower(?) AS avatar_kind), 'training', ?, ?)
                    """.formatted(ApplicationSchema.USER));
            application.run("INSERT INTO photos (avatar_id, url) SELECT id, 'https://example.com/a.jpg' FROM avatars");
        });
        List<String> before = ApplicationSchema.dump(site);
        // Two at once: neither may mistake the other's new tables for the application's.
        site.startWorker();
        site.startWorker().awaitStarted();
        site.awaitAllEnded();

        assertThat(ApplicationSchema.dump(site)).isEqualTo(before);
        assertEnds(word -> word);
        assertThat(site.rows("SELECT count(*) FROM photos")).containsExactly(Integer.toString(expected.size()));
        assertThat(site.rows("SELECT DISTINCT old_status, new_status FROM avatar_audit ORDER BY 1, 2"))
                .as("what the application's own trigger saw: no change of status but the end")
                .containsExactly("training|completed", "training|error", "training|cancelled");
        assertThat(site.rows("SELECT count(*) FROM avatars WHERE status = 'completed' AND fal_response_data = '{}'"))
                .containsExactly("0");
        assertThat(site.rows("SELECT DISTINCT fal_response_data FROM avatars WHERE status <> 'completed'"))
                .containsExactly("{}");
    }

    @Test
    void tableWithUpperCaseValuesAndNothingButTheRequiredColumns() {
        site.write(application -> {
            application.run("""
                    CREATE TABLE avatars (id uuid PRIMARY KEY, training_type varchar(8) NOT NULL, status varchar(9) NOT NULL,
                      fal_request_id varchar(64), training_started_at timestamptz)""");
            handOver(application, """
                    INSERT INTO avatars (id, training_type, status, fal_request_id, training_started_at)
                    VALUES (?, upper(?), 'TRAINING', ?, ?)""");
        });
        List<String> before = ApplicationSchema.dump(site);
        site.startWorker().awaitStarted();
        site.awaitAllEnded();

        assertThat(ApplicationSchema.dump(site)).isEqualTo(before);
        assertEnds(word -> word.toUpperCase(Locale.ROOT));
    }

    private void handOver(Avatars application, String insert) {
        Scenario good = Scenario.standard().withQueue(Duration.ZERO, 0).withRun(Duration.ofSeconds(2));
        train(application, insert, "portrait", good, "completed");
        train(application, insert, "style", good, "completed");
        train(application, insert, "portrait", Scenario.ended(Outcome.noModel()), "error");
        train(application, insert, "style", Scenario.ended(Outcome.validationError("face_detection", "none")), "error");
        train(application, insert, "portrait", Scenario.ended(Outcome.cancelled()), "cancelled");
    }

    private void train(Avatars application, String insert, String type, Scenario scenario, String end) {
        UUID id = UUID.randomUUID();
        String request = UUID.randomUUID().toString();
        site.fal().register(type.equals("style") ? Site.STYLE : Site.PORTRAIT, request, scenario);
        application.run(insert, id, type, request, site.fal().now().atOffset(ZoneOffset.UTC));
        expected.put(id, end);
    }

    private void assertEnds(UnaryOperator<String> letterCase) {
        site.write(avatars -> expected.forEach((id, end) -> {
            assertThat(avatars.row("SELECT status FROM avatars WHERE id = ?", id))
                    .containsEntry("status", letterCase.apply(end));
            String event = end.equals("error") ? "failed" : end;
            assertThat(avatars.events(new AvatarId(id))).isEqualTo("watching," + event);
        }));
    }
}
