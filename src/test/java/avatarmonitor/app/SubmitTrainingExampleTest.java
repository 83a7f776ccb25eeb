package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.testing.Programs;
import avatarmonitor.testing.Programs.Ran;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The sample applications of docs/examples submit to the emulator and write rows that a worker monitors to their end.
 */
final class SubmitTrainingExampleTest {
    private static final String EXAMPLES = "docs/examples/";
    private static final String PYTHON = "submit_training.py";
    private static final String JAVASCRIPT = "submit_training.mjs";

    @TempDir
    private Path directory = Path.of(".");

    @AutoClose
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local());

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh();

    @BeforeEach
    void programs() {
        Programs.require(SubmitTrainingExampleTest.class, "psql", "postgresql-client");
        Programs.require(SubmitTrainingExampleTest.class, "python3", "python3");
        Programs.require(SubmitTrainingExampleTest.class, "node", "nodejs");
    }

    @Test
    void submittedTrainingsAreMonitoredToTheirEnd() throws Exception {
        fal.defaultScenario(Scenario.ended(Outcome.success()));
        Ran python = sample(PYTHON, Map.of(), "Ada", "O'Hara; DROP TABLE avatars");
        assertThat(python.exit()).as(python.err()).isZero();
        Ran javascript = sample(JAVASCRIPT, Map.of(), "Grace");
        assertThat(javascript.exit()).as(javascript.err()).isZero();

        List<String> rows = Sql.rows(
                fresh.database(), "SELECT id || ' ' || fal_request_id FROM avatars ORDER BY training_started_at");
        assertThat((python.out() + javascript.out()).lines())
                .as("the programs print what they wrote")
                .hasSize(3)
                .containsExactlyElementsOf(rows);
        assertThat(Sql.rows(
                        fresh.database(),
                        "SELECT name, training_type, status FROM avatars ORDER BY training_started_at"))
                .containsExactly(
                        "Ada|PORTRAIT|TRAINING",
                        "O'Hara; DROP TABLE avatars|PORTRAIT|TRAINING",
                        "Grace|PORTRAIT|TRAINING");

        Worker worker = worker();
        try {
            await().atMost(Duration.ofSeconds(60))
                    .until(
                            () -> Sql.rows(
                                    fresh.database(),
                                    "SELECT count(*) FROM avatars WHERE status = 'COMPLETED' AND diffusers_lora_file_url IS NOT NULL"),
                            List.of("3")::equals);
        } finally {
            worker.stop(Duration.ofSeconds(10));
        }
    }

    /** A training without a row would never be monitored. */
    @ParameterizedTest
    @ValueSource(strings = {PYTHON, JAVASCRIPT})
    void trainingWhoseRowCannotBeWrittenIsCancelled(String program) {
        Ran ran = sample(program, Map.of("PGDATABASE", "missing"), "Ada");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("\"missing\" does not exist");
        assertThat(fal.calls(Op.SUBMIT)).hasSize(1);
        assertThat(fal.calls(Op.CANCEL))
                .singleElement()
                .satisfies(call -> assertThat(call.code()).isEqualTo(202));
    }

    @ParameterizedTest
    @ValueSource(strings = {PYTHON, JAVASCRIPT})
    void refusedSubmitWritesNoRow(String program) {
        fal.inject(Fault.unavailable().on(Op.SUBMIT).times(1));
        Ran ran = sample(program, Map.of(), "Ada");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("503");
        assertThat(Sql.rows(fresh.database(), "SELECT count(*) FROM avatars")).containsExactly("0");
    }

    private Ran sample(String program, Map<String, String> changes, String... names) {
        Map<String, String> environment = new HashMap<>(Programs.environment(fresh.config()));
        environment.put("FAL_QUEUE_URL", fal.baseUri().toString());
        environment.put("PYTHONDONTWRITEBYTECODE", "1");
        environment.putAll(changes);
        List<String> command =
                new ArrayList<>(List.of(program.equals(PYTHON) ? "python3" : "node", EXAMPLES + program));
        command.addAll(List.of(names));
        return Programs.run(environment, command.toArray(String[]::new));
    }

    private Worker worker() {
        return Worker.start(
                LocalSettings.load(
                        fresh,
                        directory,
                        "AVATAR_MONITOR_FAL_BASE_URL",
                        fal.baseUri().toString(),
                        // The default of the programs and the key of compose.yaml.
                        "FAL_KEY",
                        "local:example",
                        "AVATAR_MONITOR_MONITOR_INTERVAL",
                        "1s",
                        "AVATAR_MONITOR_HTTP_PORT",
                        "0"),
                InstantSource.system(),
                () -> {});
    }
}
