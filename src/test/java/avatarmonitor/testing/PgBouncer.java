package avatarmonitor.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import avatarmonitor.store.StoreConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real PgBouncer in front of a PostgreSQL database. */
public final class PgBouncer implements AutoCloseable {
    private static final List<Path> PROGRAMS = List.of(Path.of("/usr/sbin/pgbouncer"), Path.of("/usr/bin/pgbouncer"));
    private static final Duration START_MAX = Duration.ofSeconds(60);

    private final Path directory;
    private final Process process;
    private final StoreConfig config;

    private PgBouncer(Path directory, Process process, StoreConfig config) {
        this.directory = directory;
        this.process = process;
        this.config = config;
    }

    /** Prints what is skipped when the program is missing; fails in CI. */
    public static void require(Class<?> test) {
        String remedy =
                test.getSimpleName() + " was left out: pgbouncer is missing (install: apt-get install pgbouncer)";
        boolean there = PROGRAMS.stream().anyMatch(Files::isExecutable);
        if (!there) {
            assertThat(System.getenv("CI")).as(remedy).isNotEqualTo("true");
            System.out.println(remedy);
        }
        assumeTrue(there, remedy);
    }

    /**
     * Starts one in front of a database.
     *
     * @param poolMode {@code session}, {@code transaction} or {@code statement}
     */
    public static PgBouncer before(StoreConfig database, String poolMode) {
        return before(database, poolMode, 100);
    }

    /** Like {@link #before(StoreConfig, String)}, with a limit of concurrent clients. */
    public static PgBouncer before(StoreConfig database, String poolMode, int clientsMax) {
        URI server = URI.create(database.url().substring("jdbc:".length()));
        String name = server.getPath().substring(1);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = free.getLocalPort();
            free.close();
            Path directory = Files.createTempDirectory("avatar-monitor-pgbouncer-");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path settings = Files.writeString(directory.resolve("pgbouncer.ini"), """
                    [databases]
                    %1$s = host=127.0.0.1 port=%2$d dbname=%1$s user=%3$s
                    [pgbouncer]
                    listen_addr = 127.0.0.1
                    listen_port = %4$d
                    unix_socket_dir =
                    auth_type = any
                    pool_mode = %5$s
                    default_pool_size = 40
                    max_client_conn = %6$d
                    """.formatted(
                            name, server.getPort(), database.user(), port, poolMode, clientsMax));
            Process process = new ProcessBuilder(command(settings))
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            PgBouncer pooler = new PgBouncer(
                    directory,
                    process,
                    new StoreConfig(
                            "jdbc:postgresql://127.0.0.1:" + port + "/" + name,
                            database.user(),
                            database.password(),
                            database.poolSize()));
            await().atMost(START_MAX).until(() -> pooler.listensAt(port));
            return pooler;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the command, run as another user because PgBouncer refuses to run as root. */
    private static List<String> command(Path settings) {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
        }
        command.add(PROGRAMS.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow()
                .toString());
        command.add(settings.toString());
        return command;
    }

    private boolean listensAt(int port) throws IOException {
        assertThat(process.isAlive()).as(() -> log()).isTrue();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** The same database through the pooler. */
    public StoreConfig config() {
        return config;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        process.onExit().join();
        Directories.delete(directory);
    }
}
