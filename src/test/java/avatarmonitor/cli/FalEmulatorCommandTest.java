package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Terminal;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FalEmulatorCommandTest {
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");

    @TempDir
    private Path directory = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void printsItsAddressAndServesUntilItIsStopped() throws Exception {
        Callable<Integer> command = () -> run("id:right", "--port", "0");
        FutureTask<Integer> task = new FutureTask<>(command);
        Thread thread = new Thread(task);
        thread.start();
        try {
            await().until(() -> out.toString().contains("try: curl"));
            String firstLine = out.toString().lines().findFirst().orElseThrow();
            Matcher address = ADDRESS.matcher(firstLine);
            assertThat(address.find()).as(firstLine).isTrue();
            assertThat(statusOf(address.group(), "Key id:right")).isEqualTo(404);
            assertThat(statusOf(address.group(), "Key id:wrong")).isEqualTo(401);
            assertThat(out.toString()).doesNotContain("right");
        } finally {
            thread.interrupt();
        }
        assertThat(task.get(60, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void takenPortExitsWith1AndAWrongPortWith2() {
        try (FalEmulator other = FalEmulator.start(EmulatorConfig.local())) {
            String port = Integer.toString(other.baseUri().getPort());
            assertThat(run("", "--port", port)).isEqualTo(1);
            assertThat(err.toString()).contains("cannot listen on 127.0.0.1:" + port);
        }
        assertThat(run("", "--port", "70000")).isEqualTo(2);
        assertThat(run("", "--public-url", "fal.test")).isEqualTo(2);
        assertThat(run("", "--key", "id:secret")).as("no key as an argument").isEqualTo(2);
    }

    /** The image serves HTTP of workers to all addresses, which demands a token; its fal queue needs none. */
    @Test
    void contradictionBetweenKeysOfWorkersDoesNotConcernIt() {
        try (FalEmulator other = FalEmulator.start(EmulatorConfig.local())) {
            String port = Integer.toString(other.baseUri().getPort());
            assertThat(run(Map.of("AVATAR_MONITOR_HTTP_HOST", "0.0.0.0"), "--port", port))
                    .isEqualTo(1);
            assertThat(err.toString()).contains("cannot listen on 127.0.0.1:" + port);
        }
        assertThat(run(Map.of("FAL_KEY", "a b"), "--port", "0")).isEqualTo(2);
    }

    private int run(String key, String... arguments) {
        return run(key.isEmpty() ? Map.of() : Map.of("FAL_KEY", key), arguments);
    }

    private int run(Map<String, String> environment, String... arguments) {
        Terminal terminal = new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), 80, false, false);
        Invocation invocation = new Invocation(terminal, environment, directory, InstantSource.system());
        String[] all =
                Stream.concat(Stream.of("fal-emulator"), Stream.of(arguments)).toArray(String[]::new);
        return AvatarMonitorCli.of(invocation).execute(all);
    }

    private static int statusOf(String base, String authorization) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create(base + "/a/b/requests/r/status").toURL().openConnection();
        connection.setRequestProperty("Authorization", authorization);
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }
}
