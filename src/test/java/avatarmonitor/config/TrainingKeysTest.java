package avatarmonitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.TrainingType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training types from file and environment, and problems with them. */
final class TrainingKeysTest {
    private static final String VIDEO = "trainings.video { endpoint = \"o/a\", outputs = [{finetune_id = id}] }";

    @TempDir
    Path directory;

    private ConfigFixture config(String... lines) {
        return new ConfigFixture(directory).file(lines);
    }

    private static List<String> words(Settings settings) {
        return settings.trainings().all().stream().map(TrainingType::toString).toList();
    }

    @Test
    void typeIsAddedByFileAndChangedByEnvironment() {
        Settings settings = config(VIDEO.replace("video", "Video-2"))
                .variable("AVATAR_MONITOR_TRAININGS_VIDEO_2_ENDPOINT", "o/b/c")
                .variable("AVATAR_MONITOR_TRAININGS_VIDEO_2_CHECK_MODEL", "warn")
                .load();

        assertThat(words(settings))
                .hasSize(3)
                .last()
                .asString()
                .isEqualTo("TrainingType[name=Video-2, endpoint=o/b/c, outputs=[Output[columns={finetune_id=id}]],"
                        + " modelCheck=WARN]");
        assertThat(settings.trainings().find("VIDEO-2")).isPresent();
        assertThat(settings.effective())
                .contains(new Setting(
                        "trainings.Video-2.endpoint",
                        "\"o/b/c\"",
                        "environment variable AVATAR_MONITOR_TRAININGS_VIDEO_2_ENDPOINT"));
    }

    @Test
    void typeIsAddedByEnvironmentAlone() {
        Settings settings = config().variable("AVATAR_MONITOR_TRAININGS_VIDEO_ENDPOINT", "o/a")
                .variable("AVATAR_MONITOR_TRAININGS_VIDEO_OUTPUTS", "[{config_file_url = c.url, finetune_id = id}]")
                .load();

        assertThat(words(settings))
                .last()
                .asString()
                .isEqualTo("TrainingType[name=video, endpoint=o/a,"
                        + " outputs=[Output[columns={finetune_id=id, config_file_url=c.url}]], modelCheck=OFF]");
    }

    @Test
    void shippedTypeIsLeftOutByNullAndKeepsWhatIsNotSet() {
        Settings settings = config(VIDEO, "trainings.style = null", "trainings.portrait.endpoint = \"o/p\"")
                .load();

        assertThat(settings.trainings().words()).isEqualTo("portrait, video");
        assertThat(settings.trainings().find("style")).isEmpty();
        assertThat(settings.trainings().find("portrait").orElseThrow().outputs())
                .hasSize(2);
        assertThat(config("trainings.style = null", "trainings.portrait = null")
                        .problem()
                        .describe())
                .contains("trainings", "at least one training type");
    }

    @Test
    void olderKeyMeansTheSameAndContradictionIsRefused() {
        assertThat(config("fal.endpoints.style = \"o/s\"").load().trainings().endpoints())
                .containsEntry("trainings.style.endpoint", "o/s");
        config("fal.endpoints.style = \"o/s\"", "trainings.style.endpoint = \"o/s\"")
                .load();
        Problem problem = config("fal.endpoints.style = \"o/s\"", "trainings.style.endpoint = \"o/t\"")
                .problem();
        assertThat(problem.key()).isEqualTo("trainings.style.endpoint");
        assertThat(problem.expected()).startsWith("the same as the older key fal.endpoints.style (");
        assertThat(problem.advice()).isEqualTo("remove fal.endpoints.style, which means the same");
    }

    @Test
    void mistakesAreReportedTogetherWithAllOthers() {
        List<Problem> problems = config(
                        "monitor.intervall = 1s",
                        "trainings.portrait.endpiont = \"o/a\"",
                        "trainings.video { endpoint = \"o\", outputs = [{finetune_id = \"a b\"}], outptus = 1 }",
                        "trainings.portait { endpoint = \"o/a\" }",
                        "trainings.style.outputs = [{config_url = \"c.url\"}]")
                .problems();

        assertThat(problems)
                .extracting(problem -> problem.key() + ": " + problem.expected() + " -> "
                        + problem.advice().replaceAll("; write it like .*", ""))
                .containsExactlyInAnyOrder(
                        "\"monitor.intervall\": a key that exists -> did you mean monitor.interval?",
                        "\"trainings.portrait.endpiont\": a key that exists -> did you mean trainings.portrait.endpoint?",
                        "\"trainings.video.outptus\": a key that exists -> did you mean trainings.video.outputs?",
                        "trainings.video.endpoint: owner/app or owner/app/path, such as fal-ai/flux-lora-portrait-trainer"
                                + " -> copy the id of the trainer from its page at fal.ai, without host and leading slash",
                        "trainings.video.outputs: a path into fal's result for finetune_id: names with dots between them,"
                                + " such as config_file.url or adapters[0].url -> put it into double quotes",
                        "trainings.portait.outputs: a list of objects -> did you mean trainings.portrait?"
                                + " Otherwise add outputs = [{column = \"path\"}] to trainings.portait");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trainings.style.outputs = [] | 1 to 10 accepted outputs",
                "trainings.style.outputs = [{}] | 1 to 20 columns in each output",
                "trainings.style.outputs = [[]] | 1 to 20 columns in each output",
                "trainings.style.outputs = 7 | a list",
                "trainings.style.outputs = {a = b} | a list",
                "trainings.style.outputs = \"no list\" | a list of objects",
                "trainings.style.outputs = \"[{\" | a list of objects",
                "trainings.style.outputs = [{finetune_id = 7}] | a path into fal's result for finetune_id",
                "trainings.style.outputs = [{finetune_id = \"a..b\"}] | a path into fal's result for finetune_id",
                "trainings.style.outputs = [{finetune_id = \"a[x]\"}] | a path into fal's result for finetune_id",
                "trainings.style.outputs = [{status = a}] | columns of avatars that hold a model",
                "trainings.style.outputs = [{Finetune_id = a}] | columns of avatars that hold a model",
                "trainings.style.outputs = [{\"a;drop\" = a}] | columns of avatars that hold a model",
                "trainings.style.outputs = [{\"a\\\"b\" = a}] | columns of avatars that hold a model",
                "trainings.style.check-model = maybe | one of off, warn, require",
                "trainings.style = 7 | a section { … }",
                "trainings.\"a b\".endpoint = \"o/a\" | a key that exists",
                "trainings.STYLE { endpoint = \"o/a\", outputs = [{finetune_id = id}] } | one type of a name",
            })
    void mistakeIsReportedWithWhatWasExpected(String line, String expected) {
        assertThat(config(line).problem().expected()).startsWith(expected);
    }
}
