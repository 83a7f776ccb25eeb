package avatarmonitor.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
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
        setBlackHole(true);
        return this;
    }

    /** Ends the black hole. Data sent meanwhile arrives now, as with TCP retransmission. */
    public void letThrough() {
        setBlackHole(false);
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

    private void setBlackHole(boolean on) {
        lock.lock();
        try {
            blackHole = on;
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
                run("to-server", () -> pass(client, server));
                run("to-client", () -> pass(server, client));
            } catch (IOException nobodyThere) {
                // The server is down; the client sees that as without the proxy.
                closeQuietly(client);
            }
        }
    }

    private void pass(Socket from, Socket to) throws IOException {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                hold();
                out.write(buffer, 0, length);
            }
        } finally {
            hold();
            closeQuietly(from);
            closeQuietly(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private void hold() {
        if (!delay.isZero()) {
            LockSupport.parkNanos(delay.toNanos());
        }
        lock.lock();
        try {
            while (blackHole) {
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
