package avatarmonitor.alert;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code alerts.*} keys.
 *
 * @param gather how long the first message of an alert waits for further events
 * @param reminder interval of messages about an alert that lasts
 * @param timeout overall limit of one delivery attempt
 * @param giveUpAfter age at which an undelivered message is given up
 * @param webhook receiver of alerts
 * @param callback receiver of the ends of trainings
 * @param unfinished whether the callback also reports trainings that are no longer followed, without an end by fal
 * @param email receiver of alerts by mail
 */
public record AlertConfig(
        Duration gather,
        Duration reminder,
        Duration timeout,
        Duration giveUpAfter,
        Receiver webhook,
        Receiver callback,
        boolean unfinished,
        Email email) {

    /**
     * An HTTP receiver and its signing secret. Both are secrets: URLs of Slack and others contain a token.
     *
     * @param url null when switched off
     * @param secret empty for no signature
     * @param concurrency messages that a worker sends at the same time, at least 1
     */
    public record Receiver(@Nullable URI url, String secret, int concurrency) {
        @Override
        public String toString() {
            return "***";
        }
    }

    /** Protection of the connection to the mail server. */
    public enum Tls {
        NONE,
        /** Starts unencrypted; the connection is closed when the server does not offer TLS. */
        STARTTLS,
        TLS
    }

    /**
     * Mail server and recipients.
     *
     * @param to empty when switched off
     * @param user empty when the server requires no login
     */
    public record Email(List<String> to, String from, String host, int port, String user, String password, Tls tls) {
        public Email {
            to = List.copyOf(to);
        }

        @Override
        public String toString() {
            return "email to " + to + " by " + host + ":" + port;
        }
    }
}
