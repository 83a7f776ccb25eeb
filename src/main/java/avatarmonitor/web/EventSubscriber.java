package avatarmonitor.web;

import avatarmonitor.web.limit.ClientDeadlines;
import avatarmonitor.web.limit.ClientDeadlines.Turn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** One event stream with a bounded buffer. A client that reads too slowly is disconnected. */
final class EventSubscriber {
    /** Buffer for more than a minute of events, or a burst of a thousand. */
    private static final int WAITING_BYTES_MAX = 1024 * 1024;

    private final Response response;
    private final Callback callback;
    private final ClientDeadlines deadlines;
    private final long startedNanos = System.nanoTime();
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private boolean writing;
    private boolean ending;
    private boolean over;

    EventSubscriber(Response response, Callback callback, ClientDeadlines deadlines) {
        this.response = response;
        this.callback = callback;
        this.deadlines = deadlines;
    }

    /** Sends a frame after the previous ones; never blocks. */
    void send(byte[] frame) {
        boolean full;
        synchronized (this) {
            if (ending || over) {
                return;
            }
            waiting.add(frame);
            waitingBytes += frame.length;
            full = waitingBytes > WAITING_BYTES_MAX;
            over = full;
        }
        if (full) {
            callback.failed(new IOException("the listener does not take what is sent"));
        } else {
            write();
        }
    }

    /** Sends the buffered frames and ends the stream; the client has the usual time of a response to read them. */
    void end() {
        synchronized (this) {
            if (ending || over) {
                return;
            }
            ending = true;
        }
        deadlines.turn(connection(), response.getRequest(), Turn.ANSWER);
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
        response.write(last, next, Callback.from(last ? this::leave : this::written, this::broken));
    }

    /** Closes the connection; the client reconnects to whichever worker serves then. */
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
