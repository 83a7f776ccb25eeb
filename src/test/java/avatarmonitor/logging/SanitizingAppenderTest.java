package avatarmonitor.logging;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.text.Secrets;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.read.ListAppender;
import ch.qos.logback.core.spi.ConfigurationEvent;
import java.io.ByteArrayInputStream;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

/**
 * An operator's logback file at maximum verbosity: no secret, no raw control character and no flood of a library
 * appears.
 */
class SanitizingAppenderTest {
    private static final String KEY = "0198a1b2-key-id-1:5ecret0f7hekey5ecret0f7hekey";
    private static final String TOKEN = "correct-horse-battery-staple";
    private static final String HOOK = "https://hooks.example.com/services/T0/B0/XXXXXXXXXXXXXXXX";
    private static final String CSI = "\u009b31m";

    /** Root and single loggers at TRACE, each with its own appender and layout, one of them behind another. */
    private static final String HOSTILE = """
            <configuration>
              <appender name="ALL" class="ch.qos.logback.core.FileAppender">
                <file>%1$s</file>
                <encoder><pattern>%%d %%-5level %%logger %%msg %%kvp %%mdc %%ex{full}%%n</pattern></encoder>
              </appender>
              <appender name="RAW" class="ch.qos.logback.core.FileAppender">
                <file>%1$s.raw</file>
                <encoder class="ch.qos.logback.classic.encoder.JsonEncoder">
                  <withArguments>true</withArguments>
                </encoder>
              </appender>
              <appender name="LATER" class="ch.qos.logback.classic.AsyncAppender">
                <appender-ref ref="RAW"/>
                <discardingThreshold>0</discardingThreshold>
              </appender>
              <logger name="org.eclipse.jetty" level="TRACE"/>
              <logger name="org.apache.hc.client5.http.wire" level="TRACE"><appender-ref ref="ALL"/></logger>
              <logger name="com.example" level="TRACE"><appender-ref ref="LATER"/></logger>
              <root level="TRACE"><appender-ref ref="ALL"/></root>
            </configuration>
            """;

    @TempDir
    private Path directory;

    private final LoggerContext context = new LoggerContext();
    private final LogbackMDCAdapter mdc = new LogbackMDCAdapter();
    private final Secrets secrets = new Secrets(List.of(KEY, HOOK));

    @BeforeEach
    void readHostileFile() throws Exception {
        context.setMDCAdapter(mdc);
        configure();
        Logging logging = new Logging(context).guard();
        logging.hide(secrets);
        secrets.add(TOKEN);
    }

    private void configure() throws Exception {
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(new ByteArrayInputStream(
                HOSTILE.formatted(directory.resolve("log")).getBytes(StandardCharsets.UTF_8)));
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @ParameterizedTest
    @ValueSource(strings = {"com.example.library", "org.quartz.core.X", "org.eclipse.jetty.X", "avatarmonitor.web.X"})
    void secretIsInNoPartOfALine(String logger) throws Exception {
        Logger log = context.getLogger(logger);
        mdc.put("given", TOKEN);
        for (String secret : List.of(KEY, "5ecret0f7hekey5ecret0f7hekey", "0198a1b2-key-id-1", TOKEN, HOOK)) {
            log.trace("whole " + secret);
            log.warn("part token={} url={}", secret, CharBuffer.wrap("POST " + secret));
            log.atInfo().addKeyValue("key", secret).addArgument(secret).log("fluent {}");
            log.error("failed", new IllegalStateException("a " + secret, new IllegalArgumentException(secret)));
        }

        assertThat(written())
                .contains("part token=*** url=POST ***", "fluent ***", "IllegalStateException: a ***")
                .doesNotContain("5ecret", "0198a1b2-key-id-1", TOKEN, "XXXXXXXX");
    }

    /** Log lines between the attachment of an appender and the end of the configuration. */
    @Test
    void noLineIsWrittenWhileLogbackReadsItsFileAgain() {
        ListAppender<ILoggingEvent> attached = attachedAfterReset();
        context.getLogger("com.example").info("in the gap {}", TOKEN);
        context.getLogger("avatarmonitor.web.X").error("in the gap {}", TOKEN);
        assertThat(attached.list).isEmpty();

        context.fireConfigurationEvent(ConfigurationEvent.newConfigurationEndedSuccessfullyEvent(this));
        context.getLogger("com.example").info("after it {}", TOKEN);
        assertThat(attached.list)
                .singleElement()
                .satisfies(line -> assertThat(line.getFormattedMessage()).isEqualTo("after it ***"));
    }

    @Test
    void configurationThatNeverEndsHidesLinesForTenSecondsAtMost() {
        context.stop(); // forgets the guards
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);
        SanitizingAppenders.of(context, nanos::get).secrets().add(TOKEN);
        ListAppender<ILoggingEvent> attached = attachedAfterReset();
        nanos.addAndGet(9_999_999_999L);
        context.getLogger("com.example").info("too early");
        nanos.addAndGet(1);
        context.getLogger("com.example").info("at last {}", TOKEN);
        context.getLogger("com.example").info("and then {}", TOKEN);

        assertThat(attached.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("at last ***", "and then ***");
    }

    private ListAppender<ILoggingEvent> attachedAfterReset() {
        context.reset();
        ListAppender<ILoggingEvent> attached = new ListAppender<>();
        attached.setContext(context);
        attached.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(attached);
        return attached;
    }

    @Test
    void levelAndFormatHoldWhenLogbackReadsItsFileAgain() throws Exception {
        new Logging(context).apply(new LogConfig(LogConfig.Format.JSON, LogConfig.Level.WARN));
        context.reset();
        configure();
        context.getLogger("avatarmonitor.X").info("too quiet");
        context.getLogger("avatarmonitor.X").warn("loud enough");

        assertThat(written()).contains("\"message\":\"loud enough\"").doesNotContain("too quiet");
    }

    @Test
    void secretStaysMaskedWhenLogbackReadsItsFileAgain() throws Exception {
        context.reset();
        configure();
        context.getLogger("com.example").info("again {}", TOKEN);

        assertThat(written()).contains("again ***").doesNotContain(TOKEN);
    }

    @Test
    void wireLoggersWriteNothingWhateverTheFileSays() throws Exception {
        context.getLogger("org.apache.hc.client5.http.wire").error("Authorization: Bearer other");
        context.getLogger("org.apache.hc.client5.http.headers").error("Authorization: Bearer other");
        context.getLogger("org.eclipse.jetty.http.HttpParser").debug("parse {}", "Authorization: Bea...");
        context.getLogger("org.eclipse.jetty.http.HttpParser").info("bad request");

        assertThat(written()).contains("bad request").doesNotContain("Authorization");
    }

    @Test
    void textOfStrangersDrivesNoTerminalAndForgesNoLine() throws Exception {
        context.getLogger("avatarmonitor.web.X").info("a={}", CSI + "\u0085\u2028\n2026-11-29 ERROR forged\u202e");
        context.getLogger("com.example").warn("b " + CSI, new IllegalStateException("c\nforged " + CSI));

        assertThat(written())
                .contains("a=\\u009b31m\\u0085\\u2028\\n2026-11-29 ERROR forged\\u202e", "c\\nforged \\u009b31m")
                .doesNotContain("\u009b", "\u0085", "\u2028", "\u202e", "\n2026-11-29 ERROR forged", "\nforged");
    }

    @Test
    void libraryCannotFloodAndWhatWasSuppressedIsCounted() throws Exception {
        Logger jetty = context.getLogger("org.eclipse.jetty.http.HttpParser");
        for (int i = 0; i < 2_000; i++) {
            jetty.warn("bad " + "x".repeat(7_000), new IllegalStateException("y".repeat(7_000)));
        }
        context.getLogger("com.zaxxer.hikari").warn("another library");
        context.getLogger("avatarmonitor.web.X").info("own line");

        assertThat(written().lines().filter(line -> line.contains("HttpParser bad")))
                .hasSize(20);
        assertThat(written().lines().map(String::length)).allMatch(length -> length < 2_300);
        assertThat(written()).contains("another library", "own line");
    }

    @Test
    void countIsReportedWithTheNextLine() throws Exception {
        AtomicLong nanos = new AtomicLong();
        LoggerContext guarded = new LoggerContext();
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        guarded.getLogger("ROOT").addAppender(lines);
        SanitizingAppender.before(guarded.getLogger("ROOT"), secrets, nanos::get);
        for (int i = 0; i < 25; i++) {
            guarded.getLogger("org.eclipse.jetty.http.HttpParser").warn("bad request");
        }
        nanos.set(Duration.ofSeconds(10).toNanos());
        guarded.getLogger("avatarmonitor.web.X").info("own line");

        assertThat(lines.list)
                .hasSize(22)
                .extracting(ILoggingEvent::getFormattedMessage)
                .endsWith("log lines of a library suppressed library=org.eclipse.jetty lines=5", "own line");
    }

    @Test
    void limitIsTwentyLinesInTenSecondsForEachLibrary() {
        LineLimit limit = new LineLimit();
        long start = Duration.ofDays(1).toNanos();
        long end = start + Duration.ofSeconds(10).toNanos();
        for (int i = 0; i < 50; i++) {
            assertThat(limit.admits("org.eclipse.jetty.server.A" + i, start)).isEqualTo(i < 20);
        }
        assertThat(limit.admits("org.quartz.core.A", start)).isTrue();
        assertThat(limit.ended(end - 1)).isEmpty();
        assertThat(limit.ended(end)).containsExactly(new LineLimit.Suppressed("org.eclipse.jetty", 30));
        assertThat(limit.ended(end)).isEmpty();
        assertThat(limit.admits("org.eclipse.jetty.server.A", end)).isTrue();
    }

    @Test
    void librariesWithoutNumberShareOneLimit() {
        LineLimit limit = new LineLimit();
        for (int i = 0; i < 200; i++) {
            boolean unused = limit.admits("library" + i + ".a.b", 0);
        }

        assertThat(limit.ended(Duration.ofSeconds(10).toNanos()))
                .containsExactly(new LineLimit.Suppressed("others", 200 - 50 - 20));
    }

    private String written() throws Exception {
        context.stop();
        return Files.readString(directory.resolve("log")) + raw();
    }

    private String raw() throws Exception {
        Path raw = directory.resolve("log.raw");
        return Files.exists(raw) ? Files.readString(raw) : "";
    }
}
