package avatarmonitor.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/** Network in front of a port of this machine with a fixed delay; data in transit does not delay other data. */
final class DelayLine implements AutoCloseable {
    private final ServerSocket listening;
    private final int target;
    private final long delayNanos;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private DelayLine(ServerSocket listening, int target, long delayNanos) {
        this.listening = listening;
        this.target = target;
        this.delayNanos = delayNanos;
    }

    static DelayLine before(int port, Duration oneWay) throws IOException {
        DelayLine line =
                new DelayLine(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port, oneWay.toNanos());
        run(line::accept);
        return line;
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            for (Socket socket : new Socket[] {client, server}) {
                socket.setTcpNoDelay(true);
                open.add(socket);
            }
            connect(client, server);
            connect(server, client);
        }
    }

    private static final class Piece {
        /** Empty for the end of the connection. */
        final byte[] bytes;

        final long dueNanos;

        Piece(byte[] bytes, long dueNanos) {
            this.bytes = bytes;
            this.dueNanos = dueNanos;
        }
    }

    private void connect(Socket from, Socket to) {
        BlockingQueue<Piece> underway = new LinkedBlockingQueue<>();
        run(() -> {
            InputStream in = from.getInputStream();
            byte[] buffer = new byte[1 << 16];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                underway.add(new Piece(Arrays.copyOf(buffer, length), System.nanoTime() + delayNanos));
            }
            underway.add(new Piece(new byte[0], System.nanoTime() + delayNanos));
        });
        run(() -> {
            try (from;
                    to) {
                OutputStream out = to.getOutputStream();
                while (true) {
                    Piece piece = underway.take();
                    for (long left = piece.dueNanos - System.nanoTime(); left > 0; ) {
                        LockSupport.parkNanos(left);
                        left = piece.dueNanos - System.nanoTime();
                    }
                    if (piece.bytes.length == 0) {
                        return;
                    }
                    out.write(piece.bytes);
                }
            }
        });
    }

    private interface Loop {
        void run() throws IOException, InterruptedException;
    }

    private static void run(Loop loop) {
        Thread thread = new Thread(
                () -> {
                    try {
                        loop.run();
                    } catch (IOException | InterruptedException over) {
                        // One end disconnected, and with it this connection.
                    }
                },
                "delay-line");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
