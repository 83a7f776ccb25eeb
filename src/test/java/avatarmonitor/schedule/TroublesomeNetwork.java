package avatarmonitor.schedule;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A connection to PostgreSQL that can drop everything, like a firewall that lost its state, refuse connections, or be
 * cut.
 */
public final class TroublesomeNetwork implements AutoCloseable {
    private final ServerSocket door;
    private final URI target;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean losesAnswer = new AtomicBoolean();
    private volatile boolean swallows;
    private volatile boolean refuses;
    private volatile String losing = "";

    public TroublesomeNetwork(String jdbcUrl) throws IOException {
        target = URI.create(jdbcUrl.substring("jdbc:".length()));
        door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    /** Returns the URL of the same database through this network. */
    public String url() {
        String query = target.getQuery() == null ? "" : "?" + target.getQuery();
        return "jdbc:postgresql://127.0.0.1:" + door.getLocalPort() + target.getPath() + query;
    }

    public void swallow() {
        swallows = true;
    }

    /** Closes all connections, and new ones immediately, while this is on. */
    public void refuse(boolean on) throws IOException {
        refuses = on;
        if (on) {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Closes all connections and accepts no new ones. */
    public void cut() throws IOException {
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        cut();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                if (refuses) {
                    client.close();
                    continue;
                }
                Socket server = new Socket(target.getHost(), target.getPort());
                sockets.add(client);
                sockets.add(server);
                AtomicBoolean lost = new AtomicBoolean();
                daemon(() -> pump(client, server, new Answers(lost)));
                daemon(() -> pump(server, client, new Answers(lost)));
            }
        } catch (IOException e) {
            if (!door.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Closes one connection when the server answers the COMMIT after a statement that begins like this. */
    public void loseAnswerToCommitAfter(String statement) {
        losing = statement;
        losesAnswer.set(true);
    }

    public boolean lostAnAnswer() {
        return !losing.isEmpty() && !losesAnswer.get();
    }

    /** Inspects one direction of a connection for that. */
    private final class Answers {
        private final AtomicBoolean lost;
        private boolean statementSeen;

        Answers(AtomicBoolean lost) {
            this.lost = lost;
        }

        boolean lost() {
            return lost.get();
        }

        void see(String sent) {
            if (losesAnswer.get() && statementSeen && sent.contains("COMMIT") && losesAnswer.getAndSet(false)) {
                lost.set(true);
            }
            statementSeen |= losesAnswer.get() && sent.contains(losing);
        }
    }

    private void pump(Socket from, Socket to, Answers answers) {
        byte[] buffer = new byte[8192];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                boolean answerIsLost = answers.lost();
                answers.see(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                if (answerIsLost) {
                    return;
                }
                if (!swallows) {
                    out.write(buffer, 0, n);
                }
            }
        } catch (IOException ended) {
            // One side has disconnected; closing both streams informs the other.
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "network");
        thread.setDaemon(true);
        thread.start();
    }
}
