package avatarmonitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import avatarmonitor.store.sql.Dialect;
import avatarmonitor.testing.Directories;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.h2.tools.Shell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Simulates an attack by another user of the same machine, with H2's own shell: reads the lock file of a database that
 * this process has open, connects to the server that it names, and tries to run Java code here.
 */
@Timeout(180)
final class SecondUserTest {
    private static final String ATTACK =
            "CREATE ALIAS run AS 'String run() { return System.getProperty(\"user.name\"); }';"
                    + " SELECT 'I am ' || run() AS who";

    /** A folder that all users can read. */
    private final Path directory = folder();

    private static Path folder() {
        try {
            Path made = Files.createTempDirectory("avatar-monitor-second-user-");
            return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void requireAnotherUser() {
        String remedy =
                "SecondUserTest was left out: it must run as root, and needs setpriv (install: apt-get install util-linux)";
        boolean able =
                "root".equals(System.getProperty("user.name")) && Files.isExecutable(Path.of("/usr/bin/setpriv"));
        if (!able) {
            System.out.println(remedy);
        }
        assumeTrue(able, remedy);
    }

    @AfterEach
    void delete() throws IOException {
        Directories.delete(directory);
    }

    private record Answer(int code, String output) {}

    private static Answer asNobody(String... command) throws IOException, InterruptedException {
        List<String> all =
                new ArrayList<>(List.of("/usr/bin/setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
        all.addAll(List.of(command));
        ProcessBuilder other = new ProcessBuilder(all).redirectErrorStream(true);
        other.environment().remove("JDK_JAVA_OPTIONS");
        Process process = other.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), output);
    }

    /** Uses all information of the lock file, which only its owner may read. */
    private Answer attack(Path database, String user) throws Exception {
        Path jar = directory.resolve("h2.jar");
        if (!Files.exists(jar)) {
            Files.copy(
                    Path.of(Shell.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI()),
                    jar);
        }
        Properties lock = new Properties();
        try (Reader file = Files.newBufferedReader(database.resolveSibling(database.getFileName() + ".lock.db"))) {
            lock.load(file);
        }
        return asNobody(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                jar.toString(),
                Shell.class.getName(),
                "-url",
                "jdbc:h2:tcp://" + lock.getProperty("server") + "/" + lock.getProperty("id"),
                "-user",
                user,
                "-sql",
                ATTACK);
    }

    @Test
    void anotherUserNeitherReadsTheFilesNorRunsCode() throws Exception {
        Path database = directory.resolve("data/x");
        StoreConfig config = new StoreConfig("jdbc:h2:file:" + database, "", "", 4);
        try (Database open = Database.open(config)) {
            assertThat(open.dialect()).isEqualTo(Dialect.H2);
            for (String suffix : List.of(".mv.db", ".lock.db", ".login", ".admin.login")) {
                Answer cat = asNobody("/bin/cat", database + suffix);
                assertThat(cat.code()).as(suffix).isEqualTo(1);
                assertThat(cat.output()).contains("Permission denied");
            }
            for (String user : List.of("sa", "avatar_monitor")) {
                assertThat(attack(database, user).output())
                        .contains("Wrong user name or password")
                        .doesNotContain("I am");
            }
        }
    }

    /** Control: the same attack succeeds on a database as older versions created it, so the test above tries enough. */
    @Test
    void theAttackWorksOnADatabaseWithoutPassword() throws Exception {
        Path database = directory.resolve("x");
        try (Connection open = DriverManager.getConnection(
                "jdbc:h2:file:" + database + ";AUTO_SERVER=TRUE;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE", "sa", "")) {
            assertThat(open.isValid(1)).isTrue();
            assertThat(asNobody("/bin/cat", database + ".lock.db").output()).contains("server=");
            assertThat(attack(database, "sa").output()).contains("I am root");
        }
    }
}
