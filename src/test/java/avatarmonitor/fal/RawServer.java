package avatarmonitor.fal;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A server below HTTP: it reads the head of a request and then writes arbitrary bytes at any speed. */
final class RawServer implements AutoCloseable {
    private final ServerSocket listening;
    private final Script script;
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** Handles one connection, which is closed afterwards. */
    interface Script {
        void run(Socket socket, RawServer server) throws IOException, InterruptedException;
    }

    RawServer(Script script) {
        this.script = script;
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        thread = new Thread(this::accept, "raw-server");
        thread.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    /** Reads up to the empty line that ends a request's head. */
    static String readHead(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int character = socket.getInputStream().read();
            if (character < 0) {
                throw new IOException("the client went away");
            }
            head.append((char) character);
        }
        return head.toString();
    }

    static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Writes one character every 20 ms until the client disconnects. */
    void drip(Socket socket, String text) throws IOException, InterruptedException {
        for (int i = 0; i < text.length() && !closed.await(20, TimeUnit.MILLISECONDS); i++) {
            write(socket, text.substring(i, i + 1));
        }
    }

    /** Sends nothing until the test is over. */
    void stall() throws InterruptedException {
        closed.await();
    }

    private void accept() {
        while (closed.getCount() > 0) {
            try (Socket socket = listening.accept()) {
                open.add(socket);
                script.run(socket, this);
            } catch (IOException clientWentAway) {
                // Continue with the next connection.
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
        thread.interrupt();
        await().until(() -> !thread.isAlive());
    }
}
