package avatarmonitor.emulator;

import static avatarmonitor.emulator.Caller.PORTRAIT;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Fault;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class StatusStreamTest {
    @AutoClose
    private final FalEmulator emulator = FalEmulator.start(
            EmulatorConfig.local().withFrozenClock().withLimits(new EmulatorConfig.Limits(10, 10, 10, 1, 10)));

    @AutoClose
    private final Caller caller = new Caller(emulator.baseUri());

    @Test
    void streamTellsEveryChangeAndEndsAfterTheLast() throws IOException {
        String path = caller.submit(PORTRAIT, "{\"queue_seconds\":2,\"queue_length\":2,\"run_seconds\":10}");
        try (Stream stream = open(path + "/status/stream?logs=1")) {
            assertThat(stream.connection.getContentType()).isEqualTo("text/event-stream");
            assertThat(stream.connection.getHeaderField("x-fal-request-id")).isEqualTo(Caller.idOf(path));
            assertThat(stream.next().get("queue_position").getAsInt()).isEqualTo(2);
            emulator.advance(Duration.ofSeconds(1));
            assertThat(stream.next().get("queue_position").getAsInt()).isEqualTo(1);
            emulator.advance(Duration.ofSeconds(4));
            JsonObject running = stream.next();
            assertThat(running.get("status").getAsString()).isEqualTo("IN_PROGRESS");
            assertThat(running.getAsJsonArray("logs")).hasSize(3);
            emulator.advance(Duration.ofSeconds(1));
            assertThat(stream.next().getAsJsonArray("logs"))
                    .as("only new lines")
                    .hasSize(1);
            emulator.advance(Duration.ofSeconds(60));
            assertThat(stream.next().get("status").getAsString()).isEqualTo("COMPLETED");
            assertThat(stream.nextOrNull()).isNull();
        }
    }

    @Test
    void finishedRequestHasOneEvent() throws IOException {
        String path = caller.submit(PORTRAIT, "{\"queue_seconds\":0,\"run_seconds\":0}");
        assertThat(caller.get(path + "/status/stream").body())
                .startsWith("data: {\"status\":\"COMPLETED\"")
                .endsWith("}\n\n");
    }

    @Test
    void streamEndsWhenTheRequestIsRemoved() throws IOException {
        String path = caller.submit(PORTRAIT, "{\"stall\":\"in_queue\"}");
        try (Stream stream = open(path + "/status/stream")) {
            stream.next();
            emulator.forget(Caller.idOf(path));
            assertThat(stream.nextOrNull()).isNull();
        }
    }

    @Test
    void streamMayBreakOffAfterItsFirstEvent() throws IOException {
        String path = caller.submit(PORTRAIT, "{\"stall\":\"in_queue\"}");
        emulator.inject(Fault.cut().on(Op.STREAM).times(1));
        assertThat(caller.get(path + "/status/stream").body()).containsOnlyOnce("IN_QUEUE");
    }

    @Test
    void streamsAreBoundedAndAFinishedOneMakesRoom() throws IOException {
        String path = caller.submit(PORTRAIT, "{\"queue_seconds\":5,\"run_seconds\":0}");
        try (Stream stream = open(path + "/status/stream")) {
            stream.next();
            assertThat(caller.get(path + "/status/stream").code()).isEqualTo(503);
            emulator.advance(Duration.ofSeconds(5));
            stream.next();
            assertThat(stream.nextOrNull()).isNull();
        }
        assertThat(caller.get(path + "/status/stream").code()).isEqualTo(200);
    }

    private Stream open(String path) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create(emulator.baseUri() + path).toURL().openConnection();
        connection.setReadTimeout(8000);
        connection.setRequestProperty("Authorization", "Key k");
        return new Stream(connection);
    }

    private static final class Stream implements AutoCloseable {
        private final HttpURLConnection connection;
        private final BufferedReader reader;

        private Stream(HttpURLConnection connection) throws IOException {
            this.connection = connection;
            this.reader =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
        }

        private JsonObject next() throws IOException {
            JsonObject event = nextOrNull();
            if (event == null) {
                throw new IllegalStateException("the stream has ended");
            }
            return event;
        }

        private @Nullable JsonObject nextOrNull() throws IOException {
            String line = reader.readLine();
            if (line == null) {
                return null;
            }
            assertThat(line).startsWith("data: ");
            assertThat(reader.readLine()).isEmpty();
            return JsonParser.parseString(line.substring("data: ".length())).getAsJsonObject();
        }

        @Override
        public void close() throws IOException {
            reader.close();
            connection.disconnect();
        }
    }
}
