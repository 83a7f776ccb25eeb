package avatarmonitor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A server closes connections that were valid a moment ago. */
final class StaleConnectionRetryTest {
    @AutoClose
    private final BoundedHttp client = new BoundedHttp("client", 1, Duration.ofSeconds(10), Egress.DIRECT);

    private final List<String> heard = new CopyOnWriteArrayList<>();

    /**
     * @param answersEach how many requests of each connection are answered; the next one is read, and the connection
     *     closed
     */
    private ServerSocket serve(int... answersEach) throws IOException {
        ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> {
            for (int answers : answersEach) {
                try (Socket connection = server.accept()) {
                    answer(connection, answers);
                } catch (IOException gone) {
                    return;
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private void answer(Socket connection, int answers) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
        for (int requests = 0; ; requests++) {
            String request = in.readLine();
            if (request == null) {
                return;
            }
            for (String line = request; line != null && !line.isEmpty(); line = in.readLine()) {}
            heard.add(request.split(" ", -1)[1]);
            if (requests == answers) {
                return;
            }
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private int ask(ServerSocket server, String path) throws IOException {
        return send(new HttpGet(uri(server, path)));
    }

    private static URI uri(ServerSocket server, String path) {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + path);
    }

    private int send(HttpUriRequestBase request) throws IOException {
        return client.send(request, HttpResponse::getCode);
    }

    @Test
    void questionThatMeetsAConnectionJustClosedIsAskedOnceMore() throws IOException {
        try (ServerSocket server = serve(1, 1)) {
            assertThat(ask(server, "/first")).isEqualTo(503);
            assertThat(ask(server, "/second")).isEqualTo(503);
        }
        assertThat(heard).as("an answer is final").containsExactly("/first", "/second", "/second");
    }

    @Test
    void serverThatClosesNewConnectionsIsNotAskedAgain() throws IOException {
        try (ServerSocket server = serve(0, 1)) {
            assertThatThrownBy(() -> ask(server, "/first")).isInstanceOf(NoHttpResponseException.class);
        }
        assertThat(heard).containsExactly("/first");
    }

    @Test
    void questionIsAskedOnlyOnceMore() throws IOException {
        try (ServerSocket server = serve(1, 0, 1)) {
            ask(server, "/first");
            assertThatThrownBy(() -> ask(server, "/second")).isInstanceOf(NoHttpResponseException.class);
        }
        assertThat(heard).containsExactly("/first", "/second", "/second");
    }

    /** Such requests are beyond the rate limit: a server that drops every second one must not get many of them. */
    @Test
    void clientAsksOneQuestionOnceMoreInAMinute() throws IOException {
        try (ServerSocket server = serve(1, 1, 1)) {
            ask(server, "/first");
            assertThat(ask(server, "/second")).isEqualTo(503);
            assertThatThrownBy(() -> ask(server, "/third")).isInstanceOf(NoHttpResponseException.class);
        }
        assertThat(heard).containsExactly("/first", "/second", "/second", "/third");
    }

    @Test
    void whatIsNoQuestionIsSentOnce() throws IOException {
        try (ServerSocket server = serve(1, 1)) {
            ask(server, "/first");
            assertThatThrownBy(() -> send(new HttpPost(uri(server, "/second"))))
                    .isInstanceOf(NoHttpResponseException.class);
        }
        assertThat(heard).containsExactly("/first", "/second");
    }
}
