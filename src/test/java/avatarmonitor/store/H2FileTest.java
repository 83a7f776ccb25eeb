package avatarmonitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.util.Properties;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Guarantees of the embedded file beyond SQL: durable, shared with other processes, and only with those of this
 * machine.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(180)
final class H2FileTest {
    @TempDir
    private Path directory;

    @RepeatedTest(3)
    void nothingThatWasCommittedIsLostWhenTheProcessIsKilled() throws Exception {
        try (Database database = open()) {
            Sql.run(database, "CREATE TABLE t (i int PRIMARY KEY)");
        }
        int acknowledged;
        try (H2Child child = H2Child.start(url())) {
            do {
                acknowledged = child.nextAcknowledged();
            } while (acknowledged < 500);
            acknowledged = child.kill(acknowledged);
        }
        try (Database database = open()) {
            assertThat(Sql.rows(database, "SELECT count(*) FROM t WHERE i <= " + acknowledged))
                    .containsExactly(Integer.toString(acknowledged));
        }
    }

    @Test
    void workerGoesOnWhenTheProcessThatServedTheFileIsKilled() throws Exception {
        try (Database first = open()) {
            Sql.run(first, "CREATE TABLE t (i int PRIMARY KEY)");
        }
        try (H2Child child = H2Child.start(url())) {
            int acknowledged = child.nextAcknowledged();
            try (Database guest = open()) {
                assertThat(Sql.rows(guest, "SELECT count(*) FROM t")).isNotEmpty();
                acknowledged = child.kill(acknowledged);

                assertThat(Sql.rows(guest, "SELECT count(*) FROM t WHERE i <= " + acknowledged))
                        .containsExactly(Integer.toString(acknowledged));
                Sql.run(guest, "INSERT INTO t VALUES (0)");
            }
        }
    }

    @Test
    void personWithTheShellLooksWhileAWorkerHasTheFileOpen() throws Exception {
        try (TestDatabase.Fresh fresh = TestDatabase.H2.fresh();
                H2Child shell = H2Child.shell(
                        login(fresh, ".admin.login"),
                        fresh.database().url(),
                        "SELECT count(*) AS unwatched FROM v_unwatched")) {
            assertThat(shell.allOutput()).contains("unwatched\n0");
        }
    }

    @Test
    void personWhoTypesTheShortUrlOfTheFileLooksToo() throws Exception {
        try (TestDatabase.Fresh fresh = TestDatabase.H2.fresh();
                H2Child shell = H2Child.shell(
                        login(fresh, ".login"),
                        fresh.config().url() + ";AUTO_SERVER=TRUE",
                        "SELECT count(*) FROM v_unwatched")) {
            assertThat(shell.allOutput()).contains("\n0");
        }
    }

    @Test
    void otherMachinesCannotReachTheFile() throws IOException {
        try (Database database = open()) {
            assertThat(Sql.rows(database, "SELECT 1")).hasSize(1);
            Properties lock = new Properties();
            try (Reader file = Files.newBufferedReader(directory.resolve("data.lock.db"))) {
                lock.load(file);
            }
            String server = lock.getProperty("server");
            int port = Integer.parseInt(server.substring(server.indexOf(':') + 1));

            connect("127.0.0.1", port);
            // A server on every address would answer here as well.
            assertThatThrownBy(() -> connect("127.0.0.2", port)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void interruptedThreadDoesNotCloseTheDatabase() throws Exception {
        try (Database database = open()) {
            Sql.run(database, "CREATE TABLE t (i int PRIMARY KEY)");
            FutureTask<Integer> writer = new FutureTask<>(() -> {
                int rows = 0;
                for (int i = 0; i < 100; i++) {
                    rows += insertInterrupted(database, i);
                }
                return rows;
            });
            new Thread(writer).start();

            assertThat(writer.get()).isEqualTo(100);
            assertThat(Sql.rows(database, "SELECT count(*) FROM t")).containsExactly("100");
        }
    }

    private static int insertInterrupted(Database database, int number) {
        return database.read(connection -> {
            Thread.currentThread().interrupt();
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
                insert.setInt(1, number);
                int rows = insert.executeUpdate();
                // The pool would reject an interrupted thread; this test is about the file.
                assertThat(Thread.interrupted()).isTrue();
                return rows;
            }
        });
    }

    private static Path login(TestDatabase.Fresh fresh, String suffix) {
        return Path.of(fresh.config().url().substring("jdbc:h2:file:".length()) + suffix);
    }

    private String url() {
        return "jdbc:h2:file:" + directory.resolve("data");
    }

    private Database open() {
        return Database.open(new StoreConfig(url(), "sa", "secret", 4));
    }

    private static void connect(String host, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 2_000);
        }
    }
}
