package avatarmonitor.fal;

import static avatarmonitor.fal.FalFixture.KEY;
import static avatarmonitor.fal.FalFixture.REQUEST;
import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.limit.FalPauseListener;
import avatarmonitor.http.Egress;
import avatarmonitor.testing.LocalRateLimit;
import avatarmonitor.testing.NoEndpoints;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The key appears in no log line, even with all of HttpClient's loggers enabled. */
class HiddenKeyTest {
    private static final String[] LOUDEST = {
        Logger.ROOT_LOGGER_NAME,
        "avatarmonitor",
        "org.apache.hc",
        "org.apache.hc.client5.http.wire",
        "org.apache.hc.client5.http.headers"
    };

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final Lines lines = new Lines();
    private final Level[] levels = new Level[LOUDEST.length];

    /** Appenders of other tests stay; this one only collects events. */
    private static final class Lines extends AppenderBase<ILoggingEvent> {
        final Queue<String> texts = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            texts.add(event.getLoggerName() + " " + event.getFormattedMessage() + " "
                    + ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
    }

    @BeforeEach
    void logEverything() {
        for (int i = 0; i < LOUDEST.length; i++) {
            levels[i] = context.getLogger(LOUDEST[i]).getLevel();
            context.getLogger(LOUDEST[i]).setLevel(Level.TRACE);
        }
        lines.setContext(context);
        lines.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(lines);
    }

    @AfterEach
    void logAsBefore() {
        context.getLogger(Logger.ROOT_LOGGER_NAME).detachAppender(lines);
        for (int i = 0; i < LOUDEST.length; i++) {
            context.getLogger(LOUDEST[i]).setLevel(levels[i]);
        }
    }

    @Test
    void keyIsInNoLogLineWhateverFalAnswers() throws Exception {
        StringBuilder answers = new StringBuilder();
        try (CannedFal fal = new CannedFal()) {
            for (int code : new int[] {200, 202, 302, 400, 401, 403, 404, 422, 429, 500}) {
                fal.answersWith(
                        code,
                        Map.of("X-Echo", KEY, "Location", "/" + KEY, "X-Fal-Error-Type", KEY),
                        "{\"detail\":\"" + KEY + "\",\"status\":\"" + KEY + "\"}");
                askAll(fal.url(), answers);
            }
            assertThat(fal.keys).contains("Key " + KEY);
        }
        try (RawServer server = new RawServer((socket, self) -> {
            RawServer.readHead(socket);
            RawServer.write(
                    socket, "HTTP/1.1 200 " + KEY + "\r\nX Odd " + KEY + "\r\nA:" + KEY.repeat(1_000) + "\r\n\r\n");
        })) {
            askAll(server.url(), answers);
        }
        askAll(URI.create("http://127.0.0.1:1"), answers);
        assertThat(answers.toString()).isNotEmpty().doesNotContain(KEY).doesNotContain("5ecret");
        assertThat(lines.texts)
                .anyMatch(line -> line.startsWith("avatarmonitor.fal"))
                .anyMatch(line -> line.startsWith("org.apache.hc"))
                .noneMatch(line -> line.contains(KEY) || line.contains("5ecret"));
    }

    /** A server that echoes half of the key, also with escapes that only a JSON parser resolves. */
    @Test
    void halfOfTheKeyThatFalEchoesIsInNoAnswer() throws Exception {
        StringBuilder answers = new StringBuilder();
        try (CannedFal fal = new CannedFal()) {
            for (int code : new int[] {200, 400, 403, 422, 500}) {
                fal.answersWith(
                        code,
                        Map.of("X-Fal-Error-Type", "no 5ecret-of-the-key"),
                        "{\"detail\":\"secret 5ecret-of-the-key, \\u0035ecret-of-the-key of 0198-key-id-of-fal\",\"\\u0035ecret-of-the-key\":1}");
                askAll(fal.url(), answers);
            }
        }
        assertThat(answers.toString()).contains("secret ***").doesNotContain("5ecret-of-the-key", "0198-key-id-of-fal");
        assertThat(lines.texts).noneMatch(line -> line.contains("5ecret"));
    }

    /** The key of the sample applications: its half is a label of the host, and "file" a part of a name. */
    @ParameterizedTest
    @ValueSource(strings = {"local:example", "id:file"})
    void wordThatIsHalfOfAShortKeyStaysInAModel(String key) throws Exception {
        String model = "{\"config_file\":{\"url\":\"https://fal-emulator.example.com/file/config.json\"}}";
        try (CannedFal fal = new CannedFal()) {
            fal.answersWith(200, Map.of(), model);
            FalConfig config = FalFixture.config(fal.url(), new FalKey(key), Duration.ofSeconds(5), 1_000);
            try (HttpFalQueue queue = new HttpFalQueue(config, Egress.DIRECT, 1, new SettableClock())) {
                assertThat(queue.result(REQUEST).toString()).contains(model);
            }
        }
    }

    private static void askAll(URI url, StringBuilder answers) {
        FalPauseListener listener = new FalPauseListener() {
            @Override
            public void paused(Refusal refusal, String reason, Instant until) {
                answers.append(reason);
            }

            @Override
            public void resumed() {}
        };
        FalConfig config = FalFixture.config(url, Duration.ofSeconds(5));
        try (FalClient client = FalClient.open(
                config,
                Egress.DIRECT,
                2,
                LocalRateLimit.alone(1_000),
                new SettableClock(),
                listener,
                NoEndpoints.LISTENER)) {
            answers.append(client.status(REQUEST))
                    .append(client.result(REQUEST))
                    .append(client.cancel(REQUEST));
            answers.append(config);
        }
    }
}
