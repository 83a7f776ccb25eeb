package avatarmonitor.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client that may violate HTTP. */
final class RawClient implements AutoCloseable {
    private final Socket socket;

    private RawClient(Socket socket) {
        this.socket = socket;
    }

    static RawClient to(int port) {
        try {
            return new RawClient(new Socket(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RawClient send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Returns whether the server still accepts a byte. */
    boolean takes(char one) {
        try {
            socket.getOutputStream().write(one);
            socket.setSoTimeout(1);
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException open) {
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    /**
     * Reads until the server closes; after a reset returns what was read before. Fails when neither happens in time.
     */
    String rest(Duration timeout) {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try {
            socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
            InputStream in = socket.getInputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                read.write(next);
            }
        } catch (SocketTimeoutException open) {
            throw new AssertionError("the connection is open after " + timeout + ", read: " + read, open);
        } catch (IOException reset) {
            return read.toString(StandardCharsets.UTF_8);
        }
        return read.toString(StandardCharsets.UTF_8);
    }

    /** Returns the number of unread bytes. */
    int unread() {
        try {
            return socket.getInputStream().available();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads until this text has arrived. */
    String until(String text) {
        StringBuilder read = new StringBuilder();
        try {
            socket.setSoTimeout(30_000);
            while (read.indexOf(text) < 0) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    throw new AssertionError("closed before " + text + ", read: " + read);
                }
                read.append((char) next);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("read so far: " + read, e);
        }
        return read.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
