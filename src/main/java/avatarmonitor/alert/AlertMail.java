package avatarmonitor.alert;

import avatarmonitor.alert.AlertConfig.Email;
import avatarmonitor.alert.AlertConfig.Tls;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.quartz.jobs.ee.mail.SendMailJob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends an alert as plain text mail with Quartz's mail job. It is not scheduled as a job, since that would store the
 * password in the database. It uses its own session instead of the one that the job shares with the whole JVM.
 */
final class AlertMail extends SendMailJob {
    private static final Logger log = LoggerFactory.getLogger(AlertMail.class);

    private final Email config;
    private final Duration limit;
    private final @Nullable SSLSocketFactory sockets;

    /**
     * Creates a sender.
     *
     * @param limit of each step: connecting, one answer, one write
     * @param sockets creates the TLS connections; null for Java's default
     */
    AlertMail(Email config, Duration limit, @Nullable SSLSocketFactory sockets) {
        this.config = config;
        this.limit = limit;
        this.sockets = sockets;
    }

    /**
     * Sends a mail to all addresses. Those that the server refuses, also for the moment, do not get it: a repetition
     * would send it to the others again.
     *
     * @throws MessagingException unless the server has accepted the mail for at least one address
     */
    void send(Message message) throws MessagingException {
        MailInfo info = createMailInfo();
        info.setSmtpHost(config.host());
        info.setFrom(config.from());
        info.setTo(String.join(",", config.to()));
        info.setSubject(message.title());
        info.setMessage(message.text());
        info.setContentType("text/plain; charset=UTF-8");
        MimeMessage mail = prepareMimeMessage(info);
        mail.setSubject(message.title(), StandardCharsets.UTF_8.name());
        mail.setHeader("X-Avatar-Monitor-Id", message.id().toString());
        mail.setHeader("Auto-Submitted", "auto-generated");
        mail.saveChanges();
        // Same id in every attempt, so that mail systems can drop duplicates.
        mail.setHeader("Message-ID", "<" + message.id() + "@avatar-monitor>");
        Transport transport = mail.getSession().getTransport("smtp");
        try {
            if (config.user().isEmpty()) {
                transport.connect();
            } else {
                transport.connect(config.user(), config.password());
            }
            transport.sendMessage(mail, mail.getAllRecipients());
        } catch (SendFailedException e) {
            Address[] accepted = e.getValidSentAddresses();
            if (accepted == null || accepted.length == 0) {
                throw e;
            }
            log.warn(
                    "mail server refused some addresses of an alert refused={} accepted={}",
                    Stream.of(e.getInvalidAddresses(), e.getValidUnsentAddresses())
                            .filter(Objects::nonNull)
                            .flatMap(Stream::of)
                            .toList(),
                    accepted.length);
        } finally {
            closeQuietly(transport);
        }
    }

    /** Ignores errors: a mail that the server has accepted is delivered, and reporting an error would send it again. */
    private void closeQuietly(Transport transport) {
        try {
            transport.close();
        } catch (MessagingException e) {
            getLog().debug(
                            "connection to the mail server did not end in order kind={}",
                            e.getClass().getSimpleName());
        }
    }

    @Override
    protected Session getMailSession(MailInfo info) {
        String step = Long.toString(limit.toMillis());
        Properties settings = new Properties();
        settings.setProperty("mail.transport.protocol", "smtp");
        settings.setProperty("mail.smtp.host", info.getSmtpHost());
        settings.setProperty("mail.smtp.port", Integer.toString(config.port()));
        settings.setProperty("mail.smtp.auth", Boolean.toString(!config.user().isEmpty()));
        settings.setProperty("mail.smtp.connectiontimeout", step);
        settings.setProperty("mail.smtp.timeout", step);
        settings.setProperty("mail.smtp.writetimeout", step);
        settings.setProperty("mail.smtp.quitwait", "false");
        // Otherwise one address that is wrong keeps an alert from all others.
        settings.setProperty("mail.smtp.sendpartial", "true");
        settings.setProperty("mail.smtp.starttls.enable", Boolean.toString(config.tls() == Tls.STARTTLS));
        settings.setProperty("mail.smtp.starttls.required", Boolean.toString(config.tls() == Tls.STARTTLS));
        settings.setProperty("mail.smtp.ssl.enable", Boolean.toString(config.tls() == Tls.TLS));
        settings.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        if (sockets != null) {
            settings.put("mail.smtp.ssl.socketFactory", sockets);
        }
        return Session.getInstance(settings);
    }
}
