package avatarmonitor.alert;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code alerts.*} keys.
 *
 * @param gather how long the first message about something waits for more of the same
 * @param reminder between two messages about something that lasts
 * @param timeout overall limit of one attempt to deliver a message
 * @param giveUpAfter how old an undelivered message gets
 * @param webhook who is told about alerts
 * @param callback who is told about ended trainings
 * @param email who is mailed about alerts
 */
public record AlertConfig(
        Duration gather,
        Duration reminder,
        Duration timeout,
        Duration giveUpAfter,
        Receiver webhook,
        Receiver callback,
        Email email) {

    /**
     * Where to send, and how to sign. Both are secrets: the URLs of Slack and others hold a token.
     *
     * @param url null for nobody
     * @param secret empty when nothing is to be signed
     */
    public record Receiver(@Nullable URI url, String secret) {
        @Override
        public String toString() {
            return "***";
        }
    }

    /** How a connection to the mail server is protected. */
    public enum Tls {
        NONE,
        /** It begins in clear, and is given up when the server does not offer TLS. */
        STARTTLS,
        TLS
    }

    /**
     * Where to mail.
     *
     * @param to empty for nobody
     * @param user empty when the server asks for none
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
