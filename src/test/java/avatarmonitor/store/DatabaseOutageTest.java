package avatarmonitor.store;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class DatabaseOutageTest {
    private final SQLException refused = new SQLException("refused", "08001");

    private final Logger logger = (Logger) LoggerFactory.getLogger(DatabaseOutage.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private long nanos;
    private final DatabaseOutage outage = new DatabaseOutage(() -> nanos);

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void listenNoMore() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    @Test
    void outageOfMinutesIsOneLineAtEachEndAndOneEachMinuteBetween() {
        for (int tenth = 0; tenth <= 1500; tenth++) {
            at(Duration.ofMillis(tenth * 100L));
            outage.failed(refused);
        }
        assertThat(outage.lost()).isTrue();
        outage.connected();

        assertThat(outage.lost()).isFalse();
        assertThat(told())
                .containsExactly(
                        "WARN database lost, will reconnect since_s=2 error=refused (SQLState 08001)",
                        "WARN database still lost since_s=62 error=refused (SQLState 08001)",
                        "WARN database still lost since_s=122 error=refused (SQLState 08001)",
                        "INFO database is back away_s=150");
    }

    @Test
    void failuresWithASuccessBetweenThemAreNoOutage() {
        for (int second = 0; second < 60; second++) {
            at(Duration.ofSeconds(second));
            outage.failed(refused);
            outage.connected();
        }
        assertThat(told()).isEmpty();
    }

    @Test
    void connectionsToADatabaseThatAnswersNothingDoNotBringItBack() {
        at(Duration.ofSeconds(100));
        outage.silent(Duration.ofSeconds(6), null);
        outage.connected();
        outage.silent(Duration.ofSeconds(7), "timeout");
        assertThat(outage.lost()).isTrue();
        at(Duration.ofSeconds(104));
        outage.answered();

        assertThat(told())
                .containsExactly(
                        "WARN database lost, will reconnect since_s=6 error=no answer",
                        "INFO database is back away_s=10");
    }

    @Test
    void queryThatHasWaitedSinceAnOutageIsNoSecondOne() {
        outage.failed(refused);
        at(Duration.ofSeconds(5));
        outage.failed(refused);
        outage.connected();
        at(Duration.ofMillis(9900));
        outage.silent(Duration.ofMillis(11_900), null);
        assertThat(outage.lost()).isFalse();

        at(Duration.ofMillis(10_100));
        outage.silent(Duration.ofMillis(12_100), null);
        assertThat(told())
                .containsExactly(
                        "WARN database lost, will reconnect since_s=5 error=refused (SQLState 08001)",
                        "INFO database is back away_s=5",
                        "WARN database lost, will reconnect since_s=5 error=no answer");
    }

    @Test
    void connectionsThatAreRefusedWhileOthersAnswerAreReportedEachMinute() {
        for (int second = 0; second <= 90; second++) {
            at(Duration.ofSeconds(second));
            outage.failed(new SQLException("too many clients", "53300"));
            outage.answered();
        }
        at(Duration.ofSeconds(200));
        outage.failed(new SQLException("no password", "28P01"));

        assertThat(told())
                .containsExactly(
                        "WARN database gives no further connection error=too many clients (SQLState 53300)",
                        "WARN database gives no further connection error=too many clients (SQLState 53300)",
                        "WARN database gives no further connection error=no password (SQLState 28P01)");
    }

    private void at(Duration time) {
        nanos = time.toNanos();
    }

    private List<String> told() {
        return lines.list.stream()
                .map(line -> line.getLevel() + " " + line.getFormattedMessage())
                .toList();
    }
}
