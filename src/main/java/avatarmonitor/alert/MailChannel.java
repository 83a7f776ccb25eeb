package avatarmonitor.alert;

import avatarmonitor.alert.AlertConfig.Email;
import avatarmonitor.background.DaemonThreads;
import avatarmonitor.http.Egress;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends alerts by e-mail. SMTP timeouts apply to single steps, so a slow server could stretch the total. Therefore each
 * mail is sent on a separate thread with an overall timeout. At most one such thread can hang.
 */
public final class MailChannel implements Channel {
    public static final String NAME = "email";

    private final AlertMail mail;
    private final Duration limit;
    private final Semaphore free = new Semaphore(1);
    private volatile @Nullable Future<?> underWay;
    private volatile boolean closed;

    /**
     * Creates the channel without connecting.
     *
     * @param limit of one attempt from start to end
     * @param egress trusted certificates; its proxy is not used for mail
     */
    public MailChannel(Email config, Duration limit, Egress egress) {
        this(config, limit, egress.tls().map(SSLContext::getSocketFactory).orElse(null));
    }

    /** @param sockets creates the TLS connections; null for Java's default */
    MailChannel(Email config, Duration limit, @Nullable SSLSocketFactory sockets) {
        this.mail = new AlertMail(config, limit, sockets);
        this.limit = limit;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Sent send(Message message) {
        if (!free.tryAcquire()) {
            return new Sent.Unreachable("the mail server still holds the last mail");
        }
        AtomicBoolean holds = new AtomicBoolean(true);
        Runnable release = () -> {
            if (holds.getAndSet(false)) {
                free.release();
            }
        };
        FutureTask<Boolean> sending = new FutureTask<>(() -> {
            try {
                mail.send(message);
                return true;
            } finally {
                // Before the result is there: the next mail may follow at once.
                release.run();
            }
        });
        Runnable work = () -> {
            try {
                sending.run();
            } finally {
                // A task that is cancelled before this thread begins does not run.
                release.run();
            }
        };
        try {
            DaemonThreads.thread("alert-mail", work).start();
        } catch (Error noThread) {
            release.run();
            throw noThread;
        }
        underWay = sending;
        if (closed) {
            sending.cancel(true);
        }
        try {
            sending.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return new Sent.Delivered();
        } catch (TimeoutException slow) {
            return new Sent.Unreachable("no whole answer in time");
        } catch (ExecutionException failed) {
            return explain(failed.getCause());
        } catch (CancellationException stop) {
            return new Sent.Stopped();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return new Sent.Stopped();
        } finally {
            sending.cancel(true);
        }
    }

    /** Classifies a failure by exception type only: the messages repeat untrusted text of the server. */
    private static Sent explain(@Nullable Throwable why) {
        if (why instanceof SendFailedException) {
            return new Sent.Refused("the mail server refused the mail");
        }
        if (why instanceof AuthenticationFailedException) {
            return new Sent.Unreachable("the mail server refused user or password");
        }
        if (why instanceof MessagingException && why.getCause() == null) {
            return new Sent.Unreachable("the mail server has no TLS or refused the conversation");
        }
        Throwable cause = why instanceof MessagingException ? why.getCause() : why;
        return new Sent.Unreachable(cause == null ? "unknown" : cause.getClass().getSimpleName());
    }

    @Override
    public void close() {
        closed = true;
        Future<?> sending = underWay;
        if (sending != null) {
            sending.cancel(true);
        }
    }
}
