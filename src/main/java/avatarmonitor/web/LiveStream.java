package avatarmonitor.web;

import avatarmonitor.web.Patience.Turn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** One listener. Whoever does not take what is sent loses the connection instead of filling the memory. */
final class LiveStream {
    /** More than a minute of news, or a burst of a thousand events. */
    private static final int WAITING_BYTES_MAX = 1024 * 1024;

    private final Response response;
    private final Callback callback;
    private final Patience patience;
    private final long startedNanos = System.nanoTime();
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private boolean writing;
    private boolean ending;
    private boolean over;

    LiveStream(Response response, Callback callback, Patience patience) {
        this.response = response;
        this.callback = callback;
        this.patience = patience;
    }

    /** Sends when what came before has left; never waits. */
    void send(byte[] frame) {
        boolean full;
        synchronized (this) {
            if (ending || over) {
                return;
            }
            waiting.add(frame);
            waitingBytes += frame.length;
            full = waitingBytes > WAITING_BYTES_MAX;
            if (full) {
                over = true;
            }
        }
        if (full) {
            callback.failed(new IOException("the listener does not take what is sent"));
        } else {
            write();
        }
    }

    /** Sends what waits, and no more. For that the listener has as long as for any answer. */
    void end() {
        synchronized (this) {
            if (ending || over) {
                return;
            }
            ending = true;
        }
        patience.turn(connection(), response.getRequest(), Turn.ANSWER);
        write();
    }

    boolean olderThan(Duration age, long nowNanos) {
        return nowNanos - startedNanos > age.toNanos();
    }

    private void write() {
        ByteBuffer next;
        boolean last;
        synchronized (this) {
            last = ending;
            if (writing || over || (waiting.isEmpty() && !last)) {
                return;
            }
            next = ByteBuffer.allocate(waitingBytes);
            waiting.forEach(next::put);
            next.flip();
            waiting.clear();
            waitingBytes = 0;
            writing = true;
            over = last;
        }
        if (last) {
            response.write(true, next, Callback.from(this::leave, callback::failed));
        } else {
            response.write(false, next, Callback.from(this::written, this::broken));
        }
    }

    /** The listener comes back by a new connection, to whoever serves then. */
    private void leave() {
        callback.succeeded();
        connection().getEndPoint().close();
    }

    private Connection connection() {
        return response.getRequest().getConnectionMetaData().getConnection();
    }

    private void written() {
        synchronized (this) {
            writing = false;
        }
        write();
    }

    private void broken(Throwable gone) {
        synchronized (this) {
            over = true;
        }
        callback.failed(gone);
    }
}
