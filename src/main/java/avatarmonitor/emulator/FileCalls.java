package avatarmonitor.emulator;

import avatarmonitor.emulator.http.BadInputException;
import avatarmonitor.emulator.http.Effect;
import avatarmonitor.emulator.http.Incoming;
import avatarmonitor.emulator.http.Json;
import avatarmonitor.emulator.http.JsonFields;
import avatarmonitor.emulator.http.Refusals;
import avatarmonitor.emulator.http.Reply;
import avatarmonitor.emulator.http.Route;
import avatarmonitor.emulator.http.Wire;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** fal's file storage and model files: upload calls of clients, and the files behind the returned URLs. */
final class FileCalls {
    private static final Duration TOKEN_LIFE = Duration.ofHours(1);
    /** Path to which fal's Python client posts files; the name comes in a header. */
    private static final String UPLOAD = "upload";

    private static final String TOKEN = "emulator";

    private record Place(String fileUrl, String uploadUrl) {}

    private record Token(String token, String tokenType, String baseUrl, String expiresAt) {}

    private record Access(String accessUrl) {}

    private record Content(String contentType, long size, FileBody body) {}

    private interface FileBody {
        void writeTo(OutputStream stream, long bytes) throws IOException;
    }

    private final Emulation emulation;

    FileCalls(Emulation emulation) {
        this.emulation = emulation;
    }

    /**
     * Reserves a URL to which the client uploads a file by PUT, or returns a token with which it posts files.
     *
     * @param server scheme, host and port at which the caller reaches the emulator
     */
    Reply upload(Route.Upload upload, Incoming incoming, String server) {
        if (upload.token()) {
            OffsetDateTime expires =
                    emulation.clock().instant().plus(TOKEN_LIFE).atOffset(ZoneOffset.UTC);
            // Python before 3.11 parses +00:00 but not Z.
            return Reply.of(
                    200, new Token(TOKEN, "Bearer", server, expires.toString().replace("Z", "+00:00")));
        }
        JsonFields fields = JsonFields.of(
                Json.parse(incoming.body().isBlank() ? "{}" : incoming.body()).orElse(null), "body");
        String url = server + Route.FILES + emulation.files().reserve(fields.text("file_name", "file"));
        return Reply.of(200, new Place(url, url));
    }

    /** Stores an uploaded file, or sends one. The effect must not be one that replaces the answer. */
    void answer(
            HttpExchange exchange,
            Wire wire,
            Route.FileAt file,
            String server,
            @Nullable Effect effect,
            CallLog.Open call)
            throws IOException {
        String method = exchange.getRequestMethod();
        if (method.equals("PUT") || (method.equals("POST") && file.name().equals(UPLOAD))) {
            wire.send(exchange, store(exchange, file.name(), server), effect, call::answered);
        } else if (method.equals("GET") || method.equals("HEAD")) {
            Optional<Content> content = find(file.name());
            if (content.isEmpty() || effect instanceof Effect.Hang || effect instanceof Effect.Drop) {
                wire.send(exchange, Refusals.NO_SUCH_PATH, effect, call::answered);
            } else {
                call.answered(200);
                send(exchange, content.get(), effect instanceof Effect.Cut);
            }
        } else {
            wire.send(exchange, Refusals.methodNotAllowed("GET, HEAD, PUT"), null, call::answered);
        }
    }

    private Reply store(HttpExchange exchange, String path, String server) throws IOException {
        boolean posted = path.equals(UPLOAD);
        if (posted && !("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            return Refusals.WRONG_KEY;
        }
        String header = exchange.getRequestHeaders().getFirst("X-Fal-File-Name");
        String name = posted ? emulation.files().reserve(header == null ? "file" : header) : path;
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        try {
            boolean kept = emulation
                    .files()
                    .write(name, type == null ? "application/octet-stream" : type, exchange.getRequestBody());
            if (!kept) {
                return Refusals.NO_SUCH_PATH;
            }
        } catch (BadInputException tooLarge) {
            return tooLarge.reply();
        }
        return posted ? Reply.of(200, new Access(server + Route.FILES + name)) : Reply.claimingJson(200, "{}");
    }

    private Optional<Content> find(String name) {
        return name.startsWith(ModelOutput.BELOW_FILES)
                ? modelFile(name.substring(ModelOutput.BELOW_FILES.length()))
                : emulation
                        .files()
                        .find(name)
                        .map(stored -> new Content(
                                stored.contentType(), stored.size(), (stream, bytes) -> copy(stored, stream, bytes)));
    }

    /** Returns the file only while the request is known, over, and its scenario serves its files. */
    private Optional<Content> modelFile(String idAndName) {
        int slash = idAndName.indexOf('/');
        QueuedRequest request = slash < 0 ? null : emulation.requests().find(idAndName.substring(0, slash));
        if (request == null) {
            return Optional.empty();
        }
        QueuedRequest.View view = request.at(emulation.clock().instant());
        if (!view.over() || !view.scenario().filesServed()) {
            return Optional.empty();
        }
        return ModelOutput.content(request.endpointId(), request.id(), idAndName.substring(slash + 1))
                .map(bytes -> new Content(
                        "application/octet-stream",
                        bytes.length,
                        (stream, wanted) -> stream.write(bytes, 0, (int) wanted)));
    }

    private static void copy(StoredFiles.Stored stored, OutputStream stream, long bytes) throws IOException {
        WritableByteChannel out = Channels.newChannel(stream);
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        long at = 0;
        while (at < bytes) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), bytes - at));
            int read = stored.content().read(buffer, at);
            if (read < 0) {
                return;
            }
            at += read;
            buffer.flip();
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        }
    }

    /** Sends the file, or half of it when it is cut: closing early makes the JDK server close the connection. */
    private static void send(HttpExchange exchange, Content content, boolean cut) {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        try {
            exchange.getResponseHeaders().set("Content-Type", content.contentType());
            if (head) {
                exchange.getResponseHeaders().set("Content-Length", Long.toString(content.size()));
            }
            exchange.sendResponseHeaders(200, head || content.size() == 0 ? -1 : content.size());
            if (!head) {
                content.body().writeTo(exchange.getResponseBody(), cut ? content.size() / 2 : content.size());
                exchange.getResponseBody().flush();
            }
        } catch (IOException clientOrFileGone) {
            // Too late for another answer; the client sees a connection that ends early.
        } finally {
            exchange.close();
        }
    }
}
