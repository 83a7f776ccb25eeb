package avatarmonitor.alert;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes alerts to the log: ERROR when an operator must act, WARN when the condition recovers by itself, INFO when it
 * is over.
 */
public final class LogChannel implements Channel {
    public static final String NAME = "log";

    private static final Logger log = LoggerFactory.getLogger(LogChannel.class);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Sent send(Message message) {
        log.atLevel(level(message))
                .log(
                        "alert alert={} news={} events={} text={}",
                        message.member("alert"),
                        message.member("news"),
                        message.member("events"),
                        message.text().replace('\n', ' '));
        return new Sent.Delivered();
    }

    private static Level level(Message message) {
        if (message.member("news").equals("over")) {
            return Level.INFO;
        }
        return message.member("severity").equals("critical") ? Level.ERROR : Level.WARN;
    }

    @Override
    public void close() {}
}
