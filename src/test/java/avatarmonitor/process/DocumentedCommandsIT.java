package avatarmonitor.process;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.testing.Documents;
import avatarmonitor.testing.Programs;
import avatarmonitor.testing.Programs.Ran;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Every call of a program that a block of a document shows is executed by a shell as it stands, with only ports and
 * example values replaced. Others run what is left out here: the Quick start is a step of CI, {@code LauncherIT} runs
 * the release and the demo, {@code AdoptingDocumentTest} the SQL of docs/adopting.md.
 */
final class DocumentedCommandsIT {
    private static final Pattern SERVES = Pattern.compile("http serves url=(http://\\S+)");
    private static final Pattern LONG_RUNNING = Pattern.compile("avatar-monitor\\.jar (?:worker|demo|fal-emulator)");
    private static final Path ADOPTING = Path.of("docs", "adopting.md");
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    /** The avatar that documents show. */
    private static final String SHOWN = "0198a1b2-0000-7000-8000-000000000001";

    /** Exit code of curl for a stream that does not end by itself. */
    private static final int TIMED_OUT = 28;

    @RegisterExtension
    private final Site site = Site.on(TestDatabase.POSTGRESQL_15);

    /** The emulator that documents address by its usual port. */
    @AutoClose
    private final FalEmulator emulator = FalEmulator.start(EmulatorConfig.local());

    @AutoClose
    private final TestDatabase.Fresh empty = TestDatabase.POSTGRESQL_15.empty();

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void arrangeLikeTheRepository() throws IOException {
        Path directory = site.directory();
        Files.createSymbolicLink(
                Files.createDirectory(directory.resolve("target")).resolve("avatar-monitor.jar"), WorkerProcess.jar());
        Files.createSymbolicLink(directory.resolve("sql"), Path.of("sql").toAbsolutePath());
        Path java = Path.of(System.getProperty("java.home"), "bin");
        environment.put("PATH", java + ":" + System.getenv("PATH"));
        environment.put("JDK_JAVA_OPTIONS", String.join(" ", WorkerProcess.SHORT_LIFE));
        environment.put("TOKEN", TOKEN);
    }

    @Test
    void commandsOfTheDocumentsRunOnPostgresql() throws IOException {
        for (String program : List.of("curl", "jq")) {
            Programs.require(DocumentedCommandsIT.class, program, program);
        }
        for (String program : List.of("psql", "pg_dump", "pg_restore")) {
            Programs.require(DocumentedCommandsIT.class, program, "postgresql-client");
        }
        site.with("http.enabled", "true").with("http.port", "0").with("http.token", TOKEN);
        site.write(avatars -> {
            site.train(avatars, "PORTRAIT", Scenario.stalled(Course.Stall.IN_PROGRESS));
            avatars.run("UPDATE avatars SET id = CAST(? AS uuid)", SHOWN);
        });
        String address = address(site.startWorker());
        environment.putAll(site.environment());
        environment.put("DATABASE", uri(site.databaseConfig()));
        environment.put("EMPTY_DATABASE", uri(empty.config()));

        List<String> wrong = new ArrayList<>();
        Set<String> ran = new HashSet<>();
        for (Path document : Documents.all()) {
            List<String> commands = new ArrayList<>(Documents.shellCommands(document));
            commands.removeIf(LONG_RUNNING.asPredicate().or(command -> command.contains(".login")));
            if (!document.equals(ADOPTING)) {
                Documents.sqlBlocks(document).forEach(sql -> commands.add(psql(sql)));
            }
            commands.removeIf(command -> !ran.add(command));
            for (String command : commands) {
                Ran call = run(command.replace("http://127.0.0.1:8484", address));
                if (call.exit() != (command.contains("/stream") ? TIMED_OUT : 0)) {
                    wrong.add(document + ": " + command + ": " + call);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(ran).hasSizeGreaterThan(25);
        assertThat(site.rows("SELECT status FROM avatars")).containsExactly("TRAINING");
        assertThat(Files.size(site.directory().resolve("backup.dump"))).isPositive();
        assertThat(Sql.rows(empty.database(), "SELECT id FROM avatars")).containsExactly(SHOWN);
    }

    @Test
    void shellOfTheEmbeddedDatabaseOpensWithAndWithoutAWorker() throws IOException {
        site.without("db.url").without("db.user").without("db.password");
        List<String> shells = new ArrayList<>();
        for (Path document : Documents.all()) {
            Documents.shellCommands(document).stream()
                    .filter(command -> command.contains(".login"))
                    .forEach(shells::add);
        }
        assertThat(shells).hasSize(2);
        WorkerProcess worker = site.startWorker().awaitStarted();
        for (String shell : shells) {
            if (shell.contains(".admin.login")) {
                worker.sigterm();
                worker.exitCode(WorkerProcess.START_MAX);
            }
            Ran answer = run("printf 'SELECT 6 * count(*) FROM qrtz_triggers;\\nexit\\n' | " + shell);
            assertThat(answer.exit()).as(answer.toString()).isZero();
            assertThat(answer.out()).as(answer.toString()).contains("\n6\n");
        }
    }

    /** Runs it in bash as in a checkout after the build; HTTP statuses from 400 and streams end in an error. */
    private Ran run(String command) {
        String emulated =
                command.replace("http://127.0.0.1:8089", emulator.baseUri().toString());
        return Programs.run(environment, "bash", "-c", """
                set -eo pipefail
                cd '%s'
                avatar-monitor() { java -jar target/avatar-monitor.jar "$@"; }
                curl() { command curl --fail-with-body --max-time 20 "$@"; }
                %s
                """.formatted(site.directory(), emulated));
    }

    /** Returns a call of psql with these statements; drivers' parameters get values. */
    private static String psql(String sql) {
        String whole =
                sql.replace("$1", "'0b9c7d2e-5a4f-4b6c-8f1d-2e3a4b5c6d7e'").replace("$2", "'" + SHOWN + "'");
        return "psql \"$DATABASE\" -v ON_ERROR_STOP=1 <<'SQL'\n" + whole + "SQL";
    }

    private static String address(WorkerProcess worker) {
        Matcher serves = SERVES.matcher(worker.awaitStarted().output());
        assertThat(serves.find()).isTrue();
        return serves.group(1);
    }

    private static String uri(StoreConfig database) {
        Map<String, String> parts = Programs.environment(database);
        return "postgresql://%s:%s@%s:%s/%s"
                .formatted(
                        parts.get("PGUSER"),
                        parts.get("PGPASSWORD"),
                        parts.get("PGHOST"),
                        parts.get("PGPORT"),
                        parts.get("PGDATABASE"));
    }
}
