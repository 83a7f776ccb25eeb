package avatarmonitor.web;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * How long clients may take for their part. The server's own time-out counts from the last byte, so a byte now and then would hold a
 * connection for ever; here a whole request has a limit, and so has the taking of an answer.
 */
final class Patience implements Connection.Listener {
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    /**
     * How long.
     *
     * @param request from its first byte to the last one of its body
     * @param answer from its first byte to its last one
     */
    record Limits(Duration request, Duration answer) {
        static final Limits USUAL = new Limits(Duration.ofSeconds(10), Duration.ofSeconds(30));
    }

    /** Whose turn it is on a connection. */
    enum Turn {
        /** Nobody's: it is idle. */
        IDLE,
        /** The client's, which has begun a request. */
        REQUEST,
        /** Ours, or a stream's. */
        OURS,
        /** The client's, which has an answer to take. */
        ANSWER
    }

    private static final class State {
        private Turn turn = Turn.IDLE;
        private long sinceNanos = System.nanoTime();
        /** Of earlier requests; more than that is a new one. */
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

    Patience(Scheduler scheduler, Limits limits) {
        this.scheduler = scheduler;
        this.limits = limits;
    }

    /** Begins to look, again and again until the scheduler stops. */
    void start() {
        var unused = scheduler.schedule(
                () -> {
                    try {
                        look();
                    } finally {
                        start();
                    }
                },
                LOOK_EVERY);
    }

    @Override
    public void onOpened(Connection connection) {
        open.put(connection, new State());
    }

    @Override
    public void onClosed(Connection connection) {
        open.remove(connection);
    }

    /** Says whose turn it is now, in this call. */
    void turn(Connection connection, Object call, Turn turn) {
        State state = open.get(connection);
        if (state != null) {
            synchronized (state) {
                state.call = call;
                state.set(turn, connection);
            }
        }
    }

    /** Says that this call is over; the next one of the connection may have begun before that is told. */
    void over(Connection connection, Object call) {
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

    private void look() {
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
