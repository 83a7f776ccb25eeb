package avatarmonitor.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** Log lines of the shipped logback.xml, for people and log systems. */
class LoggingTest {
    private final LoggerContext context = new LoggerContext();
    private final LogbackMDCAdapter mdc = new LogbackMDCAdapter();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Logger log = context.getLogger("avatarmonitor.check.StatusCheck");

    @BeforeEach
    void readShippedSetUp() throws Exception {
        context.setMDCAdapter(mdc);
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(LoggingTest.class.getResource("/logback.xml"));
        ((OutputStreamAppender<?>) context.getLogger("ROOT").getAppender("STDERR")).setOutputStream(written);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void textLineHasContextOnlyWhereItIsSet() {
        apply(LogConfig.Format.TEXT, LogConfig.Level.INFO);
        log.info("trainings restored count={}", 3);
        mdc.put("worker", "blue-1");
        mdc.put("avatar", "0198a1b2-0000-7000-8000-000000000001");
        log.atWarn().addKeyValue("millis", 812).log("check slow");

        assertThat(lines()[0])
                .matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  StatusCheck trainings restored count=3");
        assertThat(lines()[1])
                .endsWith(
                        "Z WARN  [blue-1] StatusCheck check slow millis=812 avatar=0198a1b2-0000-7000-8000-000000000001");
    }

    @Test
    void logLineCannotBeForged() {
        apply(LogConfig.Format.TEXT, LogConfig.Level.INFO);
        log.info("refused detail={}", "x\n2026-01-01T00:00:00.000Z ERROR forged\u001b[31m\r");

        assertThat(lines()).hasSize(1);
        assertThat(lines()[0]).endsWith("detail=x\\n2026-01-01T00:00:00.000Z ERROR forged\\u001b[31m\\r");
    }

    @Test
    void stackTraceFollowsItsLine() {
        apply(LogConfig.Format.TEXT, LogConfig.Level.INFO);
        log.error("unexpected failure command={}", "list", new IllegalStateException("no row"));

        assertThat(lines()[0]).endsWith("unexpected failure command=list");
        assertThat(lines()[1]).isEqualTo("java.lang.IllegalStateException: no row");
        assertThat(lines()[2]).contains("at avatarmonitor.logging.LoggingTest");
    }

    @Test
    void jsonLineIsFlatAndHasTheKeyValuesOfTheMessageAsFields() {
        apply(LogConfig.Format.JSON, LogConfig.Level.INFO);
        mdc.put("worker", "blue-1");
        log.atInfo()
                .addKeyValue("late", true)
                .log("checked outcome={} and {} millis={} level={}", "in \"queue\"\n", "unnamed", 12L, "mine");

        JsonObject line = JsonParser.parseString(lines()[0]).getAsJsonObject();
        assertThat(lines()).hasSize(1);
        assertThat(line.get("timestamp").getAsString()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
        line.remove("timestamp");
        line.remove("thread");
        assertThat(line).isEqualTo(JsonParser.parseString("""
                                {"level":"INFO","logger":"avatarmonitor.check.StatusCheck",
                                 "message":"checked outcome=in \\"queue\\"\\n and unnamed millis=12 level=mine",
                                 "worker":"blue-1","outcome":"in \\"queue\\"\\n","millis":12,"late":true}"""));
    }

    @Test
    void jsonLineHoldsTheStackTrace() {
        apply(LogConfig.Format.JSON, LogConfig.Level.INFO);
        log.error("broken", new IllegalStateException("no row"));

        assertThat(lines()).hasSize(1);
        assertThat(JsonParser.parseString(lines()[0])
                        .getAsJsonObject()
                        .get("stack")
                        .getAsString())
                .startsWith("java.lang.IllegalStateException: no row\n\tat ");
    }

    @Test
    void librariesStayQuietAndWhatWouldWriteTheKeyStaysOff() {
        // As if enabled in an operator's logback.xml.
        context.getLogger("org.apache.hc.client5.http.headers").setLevel(Level.DEBUG);
        apply(LogConfig.Format.TEXT, LogConfig.Level.TRACE);
        for (String library :
                new String[] {"org.quartz.core", "com.zaxxer.hikari", "org.flywaydb.core", "org.apache.hc"}) {
            context.getLogger(library).info("chatter");
        }
        context.getLogger("org.apache.hc.client5.http.headers").error("Authorization: Key id:secret");
        context.getLogger("org.apache.hc.client5.http.wire").error("Authorization: Key id:secret");
        assertThat(written.size()).isZero();

        context.getLogger("org.quartz.core").warn("something is wrong");
        log.trace("detail");
        assertThat(lines()).hasSize(2);
    }

    @Test
    void beforeTheConfigurationIsReadOnlyWarningsAreLogged() {
        log.info("chatter");
        log.warn("something is wrong");

        assertThat(lines()).hasSize(1);
    }

    private void apply(LogConfig.Format format, LogConfig.Level level) {
        new Logging(context).apply(new LogConfig(format, level));
    }

    private String[] lines() {
        return written.toString(StandardCharsets.UTF_8).split("\n");
    }
}
