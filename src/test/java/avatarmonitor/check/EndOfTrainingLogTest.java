package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.ScriptedFal;
import avatarmonitor.testing.TestDatabase;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.gson.JsonParser;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Log lines about the end of a training. */
final class EndOfTrainingLogTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    private final Logger logger = (Logger) LoggerFactory.getLogger(TrainingEnds.class);
    private final Level before = logger.getLevel();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setLevel(before);
    }

    @Test
    void reasonIsNamedOnlyWhereThereIsOne() {
        Avatars avatars = new Avatars(fresh.database());
        ScriptedFal fal = new ScriptedFal();
        StatusCheck check = Checks.asking(fal, fresh.database(), () -> NOW);
        fal.status = new FalAnswer.Completed(null);
        fal.result = new FalAnswer.Output(JsonParser.parseString("""
                {"diffusers_lora_file": {"url": "https://files.example.com/lora.safetensors"},
                 "config_file": {"url": "https://files.example.com/config.json"}}""").getAsJsonObject());
        check.check(avatars.training("PORTRAIT", "r-1", NOW), false);
        fal.status = new FalAnswer.Cancelled("by its user");
        check.check(avatars.training("PORTRAIT", "r-2", NOW), false);

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .filteredOn(line -> line.startsWith("training ended"))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("training ended outcome=completed request=r-1"),
                        line -> assertThat(line)
                                .startsWith("training ended outcome=cancelled request=r-2 reason=")
                                .contains("by its user"));
    }
}
