package avatarmonitor.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy that opens tunnels to one local server whatever host was requested, and records each CONNECT with its
 * headers and every byte that clients sent.
 */
public final class ConnectProxy implements AutoCloseable {
    private final ServerSocket server;
    private final InetSocketAddress target;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private volatile String refusal = "";
    private volatile boolean silent;

    private ConnectProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    public static ConnectProxy to(InetSocketAddress target) {
        try {
            ConnectProxy proxy = new ConnectProxy(target);
            start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Answers every CONNECT with this from now on. */
    public ConnectProxy refusingWith(String response) {
        refusal = response;
        return this;
    }

    /** Accepts connections and answers nothing from now on. */
    public ConnectProxy silent() {
        silent = true;
        return this;
    }

    /** Request line and headers of each CONNECT, without line ends. */
    public List<String> log() {
        return List.copyOf(log);
    }

    /** All data that clients sent, as Latin-1. */
    public String seen() {
        synchronized (seen) {
            return seen.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                start(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            List<String> lines = new ArrayList<>();
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                lines.add(line);
            }
            if (lines.isEmpty()) {
                return;
            }
            log.add(String.join(" | ", lines));
            if (silent) {
                in.transferTo(OutputStream.nullOutputStream());
            } else if (!refusal.isEmpty()) {
                out.write(refusal.getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                in.transferTo(OutputStream.nullOutputStream());
            } else {
                tunnel(client, in, out);
            }
        } catch (IOException ended) {
            // Closed by either side, which is how connections end.
        }
    }

    private void tunnel(Socket client, InputStream in, OutputStream out) throws IOException {
        try (Socket far = new Socket(target.getAddress(), target.getPort())) {
            open.add(far);
            out.write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            start(() -> {
                try {
                    far.getInputStream().transferTo(out);
                    client.close();
                } catch (IOException ended) {
                    // as above
                }
            });
            byte[] bytes = new byte[8192];
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                remember(bytes, n);
                far.getOutputStream().write(bytes, 0, n);
            }
        }
    }

    private String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            line.write(b);
        }
        remember(line.toByteArray(), line.size());
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    private void remember(byte[] bytes, int length) {
        synchronized (seen) {
            seen.write(bytes, 0, length);
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "connect-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
