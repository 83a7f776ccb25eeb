package avatarmonitor.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * TCP proxy between a worker and its database: forwards, delays, cuts connections, or drops everything like a network
 * that loses packets.
 */
public final class TcpProxy implements AutoCloseable {
    private final ServerSocket listening;
    private volatile int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition passable = lock.newCondition();
    private boolean blackHole;
    private boolean blackHoleOfMarked;
    private volatile byte[] mark = {};
    private volatile Duration delay = Duration.ZERO;

    private TcpProxy(ServerSocket listening, int target) {
        this.listening = listening;
        this.target = target;
    }

    /** Creates a proxy in front of this port of this machine. */
    public static TcpProxy before(int port) {
        try {
            TcpProxy proxy = new TcpProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
            run("accept", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listening.getLocalPort();
    }

    /**
     * From now on drops everything in both directions, including closed connections; does not refuse or close
     * connections.
     */
    public TcpProxy swallowEverything() {
        setBlackHole(true, false);
        return this;
    }

    /** Marks each connection whose client sends this text in one piece from now on, for {@link #swallowMarked}. */
    TcpProxy marking(String text) {
        mark = text.getBytes(StandardCharsets.US_ASCII);
        return this;
    }

    /** Drops everything of the marked connections only, as {@link #swallowEverything} does of all. */
    void swallowMarked() {
        setBlackHole(false, true);
    }

    /** Ends the black hole. Data sent meanwhile arrives now, as with TCP retransmission. */
    public void letThrough() {
        setBlackHole(false, false);
    }

    /** Sends new connections to this port from now on, as after a failover; open ones stay. */
    public void lead(int port) {
        target = port;
    }

    /** Closes every connection at both ends; new ones are accepted. */
    public void cut() {
        for (Socket socket : open) {
            closeQuietly(socket);
        }
        open.clear();
    }

    /** Delays each chunk from now on, in both directions. */
    public void delay(Duration each) {
        delay = each;
    }

    /** Number of connections so far. */
    int accepted() {
        return accepted.get();
    }

    private void setBlackHole(boolean ofAll, boolean ofMarked) {
        lock.lock();
        try {
            blackHole = ofAll;
            blackHoleOfMarked = ofMarked;
            passable.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            accepted.incrementAndGet();
            try {
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(client);
                open.add(server);
                Pair pair = new Pair();
                run("to-server", () -> pass(client, server, pair, true));
                run("to-client", () -> pass(server, client, pair, false));
            } catch (IOException nobodyThere) {
                // The server is down; the client sees that as without the proxy.
                closeQuietly(client);
            }
        }
    }

    /** Both directions of one connection. */
    private static final class Pair {
        private volatile boolean marked;

        /** Marks the connection when the piece contains the text, which is not empty. */
        void look(byte[] piece, int length, byte[] text) {
            for (int at = 0; !marked && at + text.length <= length; at++) {
                marked = Arrays.equals(piece, at, at + text.length, text, 0, text.length);
            }
        }
    }

    private void pass(Socket from, Socket to, Pair pair, boolean toServer) throws IOException {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                byte[] text = mark;
                if (toServer && text.length > 0) {
                    pair.look(buffer, length, text);
                }
                hold(pair);
                out.write(buffer, 0, length);
            }
        } finally {
            hold(pair);
            closeQuietly(from);
            closeQuietly(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private void hold(Pair pair) {
        if (!delay.isZero()) {
            LockSupport.parkNanos(delay.toNanos());
        }
        lock.lock();
        try {
            while (blackHole || (blackHoleOfMarked && pair.marked)) {
                passable.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private interface Piece {
        void run() throws IOException;
    }

    private static void run(String name, Piece piece) {
        Thread thread = new Thread(
                () -> {
                    try {
                        piece.run();
                    } catch (IOException gone) {
                        // One end disconnected, or the test is over.
                    }
                },
                "proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // It is closed all the same.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut();
        letThrough();
    }
}
