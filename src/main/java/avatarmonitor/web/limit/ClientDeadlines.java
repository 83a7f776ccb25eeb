package avatarmonitor.web.limit;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Timeouts for clients. The server's idle timeout restarts with each byte, so a slow client could hold a connection
 * forever; this limits a whole request, and the receiving of a response.
 */
public final class ClientDeadlines implements Connection.Listener {
    private static final Duration PERIOD = Duration.ofMillis(500);

    /**
     * The timeouts.
     *
     * @param request from its first byte to the last one of its body
     * @param answer from its first byte to its last one
     */
    public record Limits(Duration request, Duration answer) {
        public static final Limits USUAL = new Limits(Duration.ofSeconds(10), Duration.ofSeconds(30));
    }

    /** Which side a connection waits for. */
    public enum Turn {
        /** Idle. */
        IDLE,
        /** The client, which is sending a request. */
        REQUEST,
        /** The server, or a stream. */
        OURS,
        /** The client, which is receiving a response. */
        ANSWER
    }

    private static final class State {
        private Turn turn = Turn.IDLE;
        private long sinceNanos = System.nanoTime();
        /** Bytes of earlier requests; more than that means a new request. */
        private long bytes;

        private @Nullable Object call;

        private void set(Turn now, Connection connection) {
            turn = now;
            sinceNanos = System.nanoTime();
            bytes = connection.getBytesIn();
        }
    }

    private final Scheduler scheduler;
    private final Limits limits;
    private final Map<Connection, State> open = new ConcurrentHashMap<>();

    public ClientDeadlines(Scheduler scheduler, Limits limits) {
        this.scheduler = scheduler;
        this.limits = limits;
    }

    /** Starts periodic checks, until the scheduler stops. */
    public void start() {
        var unused = scheduler.schedule(
                () -> {
                    try {
                        abortOverdue();
                    } finally {
                        start();
                    }
                },
                PERIOD);
    }

    @Override
    public void onOpened(Connection connection) {
        open.put(connection, new State());
    }

    @Override
    public void onClosed(Connection connection) {
        open.remove(connection);
    }

    /** Sets whose turn it is in this call. */
    public void turn(Connection connection, Object call, Turn turn) {
        State state = open.get(connection);
        if (state != null) {
            synchronized (state) {
                state.call = call;
                state.set(turn, connection);
            }
        }
    }

    /** Marks this call as over; the connection's next call may already have started. */
    public void over(Connection connection, Object call) {
        State state = open.get(connection);
        if (state != null) {
            synchronized (state) {
                if (state.call == call) {
                    state.call = null;
                    state.set(Turn.IDLE, connection);
                }
            }
        }
    }

    private void abortOverdue() {
        long now = System.nanoTime();
        open.forEach((connection, state) -> {
            if (overdue(connection, state, now)) {
                connection.getEndPoint().close();
            }
        });
    }

    private boolean overdue(Connection connection, State state, long now) {
        synchronized (state) {
            Duration taken = Duration.ofNanos(now - state.sinceNanos);
            return switch (state.turn) {
                case IDLE -> {
                    if (connection.getBytesIn() > state.bytes) {
                        state.turn = Turn.REQUEST;
                        state.sinceNanos = now;
                    }
                    yield false;
                }
                case REQUEST -> taken.compareTo(limits.request()) > 0;
                case OURS -> false;
                case ANSWER -> taken.compareTo(limits.answer()) > 0;
            };
        }
    }
}
