package avatarmonitor.web.limit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;

/**
 * Reads request bodies asynchronously, without a blocked thread. The total of buffered bytes is limited: large bodies
 * from many clients are rejected, slow ones occupy hardly any memory.
 */
public final class Bodies {
    private final long bytesMax;
    private final AtomicLong held = new AtomicLong();

    /** @param bytesMax limit of all bodies that are being read or processed */
    public Bodies(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Result of reading. */
    public sealed interface Outcome {
        record Whole(ByteBuffer body) implements Outcome {}

        record TooLarge() implements Outcome {}

        record NoRoom() implements Outcome {}

        record Broken(Throwable failure) implements Outcome {}
    }

    /** Reads at most {@code most} bytes; calls {@code reader} once, on a thread of the server. */
    public void read(Request request, int most, Consumer<Outcome> reader) {
        new Reading(request, most, reader).go();
    }

    private final class Reading {
        private final Request request;
        private final int most;
        private final Consumer<Outcome> reader;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        private Reading(Request request, int most, Consumer<Outcome> reader) {
            this.request = request;
            this.most = most;
            this.reader = reader;
            Request.addCompletionListener(request, ended -> held.addAndGet(-bytes.size()));
        }

        private void go() {
            while (true) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    request.demand(this::go);
                    return;
                }
                if (Content.Chunk.isFailure(chunk)) {
                    reader.accept(new Outcome.Broken(chunk.getFailure()));
                    return;
                }
                boolean last = chunk.isLast();
                byte[] part = BufferUtil.toArray(chunk.getByteBuffer());
                chunk.release();
                if (bytes.size() + part.length > most) {
                    reader.accept(new Outcome.TooLarge());
                    return;
                }
                bytes.writeBytes(part);
                if (held.addAndGet(part.length) > bytesMax) {
                    reader.accept(new Outcome.NoRoom());
                    return;
                }
                if (last) {
                    reader.accept(new Outcome.Whole(ByteBuffer.wrap(bytes.toByteArray())));
                    return;
                }
            }
        }
    }
}
