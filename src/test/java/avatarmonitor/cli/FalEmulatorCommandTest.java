package avatarmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.fal.FalKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class FalEmulatorCommandTest {
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void printsItsAddressAndServesUntilItIsStopped() throws Exception {
        Callable<Integer> command = () -> run(Optional.of(new FalKey("id:right")), "--port", "0");
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
        assertThat(task.get(10, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void takenPortExitsWith1AndAWrongPortWith2() {
        try (FalEmulator other = FalEmulator.start(EmulatorConfig.local())) {
            String port = Integer.toString(other.baseUri().getPort());
            assertThat(run(Optional.empty(), "--port", port)).isEqualTo(1);
            assertThat(err.toString()).contains("cannot listen on 127.0.0.1:" + port);
        }
        assertThat(run(Optional.empty(), "--port", "70000")).isEqualTo(2);
        assertThat(run(Optional.empty(), "--public-url", "fal.test")).isEqualTo(2);
        assertThat(run(Optional.empty(), "--key", "id:secret"))
                .as("no key as an argument")
                .isEqualTo(2);
    }

    @Test
    void keyComesFromTheEnvironment() {
        assertThat(FalEmulatorCommand.keyFrom(Map.of())).isEmpty();
        assertThat(FalEmulatorCommand.keyFrom(Map.of("FAL_KEY", " "))).isEmpty();
        assertThat(FalEmulatorCommand.keyFrom(Map.of("FAL_KEY_ID", "a"))).isEmpty();
        assertThat(authorization(Map.of("FAL_KEY", "a:b"))).contains("Key a:b");
        assertThat(authorization(Map.of("FAL_KEY_ID", "a", "FAL_KEY_SECRET", "b")))
                .contains("Key a:b");
        assertThat(authorization(Map.of("FAL_KEY", "c", "FAL_KEY_ID", "a", "FAL_KEY_SECRET", "b")))
                .contains("Key c");
    }

    private static Optional<String> authorization(Map<String, String> environment) {
        return FalEmulatorCommand.keyFrom(environment).map(FalKey::authorization);
    }

    private int run(Optional<FalKey> key, String... arguments) {
        return new CommandLine(new FalEmulatorCommand(() -> key))
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
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
