package avatarmonitor.config;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.web.HttpConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets from files, as Docker, Kubernetes and systemd mount them. */
class SecretFileTest {
    private static final String PASSWORD_FILE = "AVATAR_MONITOR_DB_PASSWORD_FILE";

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"id:hunter2", "id:hunter2\n", "id:hunter2\r\n", "id:hunter2\n\n"})
    void fileHoldsTheSecretAndItsLineEndIsNoPartOfIt(String content) {
        Settings settings = variable("FAL_KEY_FILE", secret("key", content)).load();

        assertThat(settings.requireFalKey().authorization()).isEqualTo("Key id:hunter2");
        assertThat(settings.effective())
                .contains(new Setting(
                        "fal.key", "***", directory.resolve("key") + ", environment variable FAL_KEY_FILE"));
        assertThat(settings.warnings()).isEmpty();
    }

    /**
     * This token is read again while the worker runs: it is the only secret that callers send, so it can be rotated at
     * any time.
     */
    @Test
    void tokenOfHttpKnowsItsFile() {
        Path file = secret("token", "0123456789abcdef\n");
        HttpConfig http =
                variable("AVATAR_MONITOR_HTTP_TOKEN_FILE", file).load().http();

        assertThat(http.tokens().ofConfigured())
                .isNotNull()
                .satisfies(own -> assertThat(own.path()).isEqualTo(file));
        assertThat(new ConfigFixture(directory)
                        .variable("AVATAR_MONITOR_HTTP_TOKEN", "0123456789abcdef")
                        .load()
                        .http()
                        .tokens()
                        .ofConfigured())
                .isNull();
    }

    @Test
    void blanksInsideAndAroundASecretArePartOfIt() {
        assertThat(variable(PASSWORD_FILE, secret("password", " it's a \"long\" one \n"))
                        .load()
                        .store()
                        .password())
                .isEqualTo(" it's a \"long\" one ");
    }

    @Test
    void bothHalvesOfAKeyMayComeFromFilesOrOneOfThem() {
        assertThat(variable("FAL_KEY_ID_FILE", secret("id", "abc\n"))
                        .variable("FAL_KEY_SECRET_FILE", secret("half", "def\n").toString())
                        .load()
                        .requireFalKey()
                        .authorization())
                .isEqualTo("Key abc:def");
        assertThat(variable("FAL_KEY_SECRET_FILE", secret("half", "def\n"))
                        .variable("FAL_KEY_ID", "abc")
                        .load()
                        .requireFalKey()
                        .authorization())
                .isEqualTo("Key abc:def");
    }

    @Test
    void relativePathStartsAtTheWorkingDirectoryAndALinkIsFollowed() throws Exception {
        // Kubernetes: password -> ..data/password
        Files.createDirectory(directory.resolve("..2026"));
        Files.createSymbolicLink(directory.resolve("..data"), Path.of("..2026"));
        secret("..2026/password", "hunter2");
        Files.createSymbolicLink(directory.resolve("password"), Path.of("..data/password"));

        assertThat(new ConfigFixture(directory)
                        .variable(PASSWORD_FILE, "password")
                        .load()
                        .store()
                        .password())
                .isEqualTo("hunter2");
    }

    @Test
    void fileOfTheEnvironmentWinsOverTheConfigurationFile() {
        assertThat(variable(PASSWORD_FILE, secret("password", "new"))
                        .file("db.password = old")
                        .load()
                        .store()
                        .password())
                .isEqualTo("new");
    }

    @Test
    void emptyVariableIsNotSetBesideTheOther() {
        assertThat(variable(PASSWORD_FILE, secret("password", "hunter2"))
                        .variable("AVATAR_MONITOR_DB_PASSWORD", "")
                        .load()
                        .store()
                        .password())
                .isEqualTo("hunter2");
        assertThat(new ConfigFixture(directory)
                        .variable(PASSWORD_FILE, "")
                        .variable("AVATAR_MONITOR_DB_PASSWORD", "hunter2")
                        .load()
                        .store()
                        .password())
                .isEqualTo("hunter2");
    }

    @Test
    void valueAndFileTogetherAreRefusedEvenIfEqual() {
        Problem both = variable(PASSWORD_FILE, secret("password", "hunter2"))
                .variable("AVATAR_MONITOR_DB_PASSWORD", "hunter2")
                .problem();

        assertThat(both.describe()).isEqualTo("""
                        db.password  (environment variable AVATAR_MONITOR_DB_PASSWORD and AVATAR_MONITOR_DB_PASSWORD_FILE)
                            expected: the value or a file that holds it
                            to do: unset one of the two variables""");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"hunter2\"\\n | remove the quotes at both ends: in a file they would be part of the secret",
                "'hunter2' | remove the quotes at both ends: in a file they would be part of the secret",
                "\\n | the file is empty: write the secret into it, or unset the variable",
                "BOM,hunter2 | the file begins with a byte order mark: save it as UTF-8 without one",
                "hunter2\\0 | the file holds binary data: write the secret as plain text",
            })
    void contentThatCannotBeMeantIsRefusedAndNotRepeated(String content, String advice) {
        Problem problem = variable(
                        PASSWORD_FILE,
                        secret("password", content.translateEscapes().replace("BOM,", "\uFEFF")))
                .problem();

        assertThat(problem.key()).isEqualTo("db.password");
        assertThat(problem.origin())
                .isEqualTo(directory.resolve("password") + ", environment variable " + PASSWORD_FILE);
        assertThat(problem.advice()).isEqualTo(advice);
        assertThat(problem.describe()).doesNotContain("hunter2");
    }

    @Test
    void fileThatCannotBeReadIsRefused() throws Exception {
        Path large = Files.write(directory.resolve("large"), new byte[8 * 1024 + 1]);
        Path latin = Files.write(directory.resolve("latin"), "p\u00e4ss".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(variable(PASSWORD_FILE, directory.resolve("none")).problem().advice())
                .isEqualTo("there is no such file: check the path in " + PASSWORD_FILE);
        assertThat(variable(PASSWORD_FILE, directory).problem().advice())
                .isEqualTo("this is not a file: name the file itself");
        assertThat(variable(PASSWORD_FILE, large).problem().advice())
                .isEqualTo("the file is larger than 8192 bytes: is it the right one?");
        assertThat(variable(PASSWORD_FILE, latin).problem().advice())
                .isEqualTo("the file is no UTF-8 text: write the secret as plain text");
        assertThat(new ConfigFixture(directory)
                        .variable(PASSWORD_FILE, "a\0b")
                        .problem()
                        .advice())
                .isEqualTo("this cannot be one: correct it");
    }

    @Test
    void allProblemsAreReportedAtOnceAndNoneTwice() {
        List<Problem> problems = variable(PASSWORD_FILE, directory.resolve("none"))
                .variable("FAL_KEY_ID_FILE", directory.resolve("no-id").toString())
                .variable("FAL_KEY_SECRET_FILE", directory.resolve("no-half").toString())
                .variable(
                        "AVATAR_MONITOR_HTTP_TOKEN_FILE",
                        secret("token", "short\n").toString())
                .variable("AVATAR_MONITOR_HTTP_HOST", "0.0.0.0")
                .variable("AVATAR_MONITOR_DB_POOL_SIZE", "1")
                .problems();

        assertThat(problems)
                .extracting(Problem::key)
                .containsExactlyInAnyOrder("fal.key", "fal.key", "db.password", "http.token", "db.pool-size");
    }

    /** A user who can write the file chooses the secret; one who can read it knows it. */
    @ParameterizedTest
    @CsvSource({
        "rw-------, 0, 0",
        "r--------, 0, 0",
        "r--r-----, 0, 0",
        "rw-r--r--, 0, 1",
        "r--r--r--, 0, 1",
        "rw-rw----, 1, 0",
        "rw-r---w-, 1, 0",
        "rw-rw-rw-, 1, 0"
    })
    void permissionsAreChecked(String mode, int refused, int warned) throws Exception {
        Path file = secret("password", "hunter2");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        List<Problem> warnings = new ArrayList<>();

        RawValue given = new SecretFile(warnings).read(file, PASSWORD_FILE);

        assertThat(given.refused() == null ? 0 : 1).isEqualTo(refused);
        assertThat(warnings).hasSize(warned);
        if (refused == 1) {
            assertThat(variable(PASSWORD_FILE, file).problem().advice())
                    .isEqualTo(
                            "its permissions are " + mode + ": chmod 600, a user who can write it controls the secret");
        } else {
            assertThat(variable(PASSWORD_FILE, file).load().warnings()).hasSize(warned);
        }
    }

    @Test
    void fileOfTokensThatEverybodyReadsIsAWarning() throws Exception {
        Path file = Files.writeString(directory.resolve("tokens"), "alice read 0123456789abcdef");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(variable("AVATAR_MONITOR_HTTP_TOKENS_FILE", file).load().warnings())
                .extracting(Problem::key)
                .containsExactly("http.tokens-file");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        assertThat(variable("AVATAR_MONITOR_HTTP_TOKENS_FILE", file).problem().advice())
                .startsWith("chmod 600 it");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(variable("AVATAR_MONITOR_HTTP_TOKENS_FILE", file).load().warnings())
                .isEmpty();
    }

    /** Docker and Kubernetes mount secrets in memory with 0444 or 0644, visible to the container only. */
    @Test
    void readableFileInMemoryIsNoWarning() throws Exception {
        Path memory = Path.of("/dev/shm");
        assertThat(Files.getFileStore(memory).type()).isEqualTo("tmpfs");
        Path file = Files.createTempFile(memory, "avatar-monitor", ".secret");
        try {
            Files.writeString(file, "hunter2");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
            Settings settings = variable(PASSWORD_FILE, file).load();
            assertThat(settings.store().password()).isEqualTo("hunter2");
            assertThat(settings.warnings()).isEmpty();
        } finally {
            Files.delete(file);
        }
    }

    @ParameterizedTest
    @CsvSource({"FAL_KEY, fal.key", "FAL_KEY_SECRET, fal.key", "AVATAR_MONITOR_DB_PASSWORD, db.password"})
    void quotesAroundAVariableAreRefusedToo(String name, String key) {
        Problem problem = new ConfigFixture(directory)
                .variable("FAL_KEY_ID", name.equals("FAL_KEY_SECRET") ? "id" : "")
                .variable(name, "\"hunter2\"")
                .problem();

        assertThat(problem.describe())
                .startsWith(key + "  (environment variable " + name + ")")
                .contains("docker --env-file")
                .doesNotContain("hunter2");
    }

    /**
     * The keys that may come from a file are those whose value is or may hold a secret, and the documentation lists
     * them.
     */
    @Test
    void everySecretAndNothingElseCanComeFromAFile() throws Exception {
        List<String> fromFiles = new ArrayList<>();
        for (String key : ShippedKeys.load().names()) {
            String variable = ShippedKeys.variable(key) + "_FILE";
            Problem problem = variable(variable, directory.resolve("none")).problem();
            assertThat(problem.key()).isEqualTo(key);
            if (problem.advice().startsWith("there is no such file")) {
                fromFiles.add(variable);
            }
        }
        Problem open =
                variable("AVATAR_MONITOR_WORKER_NAME_FILE", secret("name", "w")).problem();

        assertThat(open.describe()).isEqualTo("""
                        worker.name  (%s, environment variable AVATAR_MONITOR_WORKER_NAME_FILE)
                            expected: a value
                            to do: set the variable without _FILE: only secrets are read from files""".formatted(directory.resolve("name")));
        assertThat(fromFiles)
                .contains(
                        "AVATAR_MONITOR_DB_URL_FILE",
                        "AVATAR_MONITOR_DB_PASSWORD_FILE",
                        "AVATAR_MONITOR_FAL_KEY_FILE",
                        "AVATAR_MONITOR_HTTP_TOKEN_FILE",
                        "AVATAR_MONITOR_ALERTS_WEBHOOK_URL_FILE",
                        "AVATAR_MONITOR_ALERTS_WEBHOOK_SECRET_FILE",
                        "AVATAR_MONITOR_ALERTS_CALLBACK_URL_FILE",
                        "AVATAR_MONITOR_ALERTS_CALLBACK_SECRET_FILE",
                        "AVATAR_MONITOR_ALERTS_EMAIL_PASSWORD_FILE")
                .doesNotContain("AVATAR_MONITOR_WORKER_NAME_FILE", "AVATAR_MONITOR_ALERTS_EMAIL_USER_FILE");
        List<String> documented = new ArrayList<>();
        Matcher names = Pattern.compile("^- `(AVATAR_MONITOR_[A-Z_]+_FILE)`$", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("docs/configuration.md")));
        while (names.find()) {
            documented.add(names.group(1));
        }
        assertThat(documented).containsExactlyElementsOf(fromFiles);
    }

    @Test
    void misspeltFileVariableIsReportedWithTheRightOne() {
        assertThat(variable("AVATAR_MONITOR_DB_PASWORD_FILE", directory.resolve("x"))
                        .problem()
                        .advice())
                .isEqualTo("did you mean AVATAR_MONITOR_DB_PASSWORD_FILE?");
    }

    private ConfigFixture variable(String name, Path file) {
        return new ConfigFixture(directory).variable(name, file.toString());
    }

    private Path secret(String name, String content) {
        try {
            Path file = Files.writeString(directory.resolve(name), content);
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
