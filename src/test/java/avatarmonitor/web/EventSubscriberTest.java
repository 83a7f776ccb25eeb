package avatarmonitor.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.web.limit.ClientDeadlines;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stream whose client reads nothing: written data never leaves the server. */
class EventSubscriberTest {
    private final ScheduledExecutorScheduler timer = new ScheduledExecutorScheduler("test-timer", true);
    private final ClientDeadlines deadlines =
            new ClientDeadlines(timer, new ClientDeadlines.Limits(Duration.ofSeconds(1), Duration.ofMillis(100)));
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Boolean> over = new CompletableFuture<>();

    private final EndPoint endPoint = only(EndPoint.class, "close", () -> {
        closed.set(true);
        return null;
    });
    private final Connection connection = only(Connection.class, "getEndPoint", () -> endPoint);
    private final ConnectionMetaData meta = only(ConnectionMetaData.class, "getConnection", () -> connection);
    private final Request request = only(Request.class, "getConnectionMetaData", () -> meta);
    private final Response response = only(Response.class, "getRequest", () -> request);

    private final EventSubscriber stream = new EventSubscriber(
            response, Callback.from(() -> over.complete(true), failure -> over.complete(false)), deadlines);

    @AfterEach
    void stop() throws Exception {
        timer.stop();
    }

    @Test
    void listenerThatDoesNotTakeTheEndLosesTheConnection() throws Exception {
        timer.start();
        deadlines.onOpened(connection);
        deadlines.start();
        stream.send(bytes(10));
        assertThat(closed).isFalse();

        stream.end();

        await().atMost(Duration.ofSeconds(60)).untilTrue(closed);
    }

    @Test
    void listenerThatTakesNothingIsGivenUpBeforeItFillsTheMemory() {
        stream.send(bytes(10));
        stream.send(bytes(1024 * 1024));
        assertThat(over).isNotDone();

        stream.send(bytes(1));

        assertThat(over).isCompletedWithValue(false);
    }

    private static byte[] bytes(int count) {
        return "x".repeat(count).getBytes(StandardCharsets.US_ASCII);
    }

    private interface Answering {
        @org.jspecify.annotations.Nullable
        Object answer();
    }

    /** Creates a proxy that answers one method; all others just return. */
    private static <T> T only(Class<T> type, String method, Answering answering) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, called, arguments) -> switch (called.getName()) {
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    case "getBytesIn" -> 0L;
                    default -> called.getName().equals(method) ? answering.answer() : null;
                }));
    }
}
