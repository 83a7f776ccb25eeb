package avatarmonitor.emulator;

import avatarmonitor.emulator.http.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Uploaded files, on disk. Their number and their size, each and in total, are limited; the oldest is evicted. Each
 * file is unlinked as soon as it is open, so that nothing remains however the process ends.
 */
final class StoredFiles {
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final int LONGEST_NAME = 100;
    /** Limit of concurrent uploads, whose bytes do not count towards the limits before they are complete. */
    private static final int UPLOADS_AT_ONCE = 4;

    /** A complete file. */
    record Stored(String contentType, long size, FileChannel content) {}

    private final EmulatorConfig.Limits limits;
    private final Semaphore uploads = new Semaphore(UPLOADS_AT_ONCE);
    /** Files by name; null for a reserved name that waits for its file. */
    private final Map<String, @Nullable Stored> files = new LinkedHashMap<>();

    StoredFiles(EmulatorConfig.Limits limits) {
        this.limits = limits;
    }

    /** Reserves a name for one file and returns it; it is relative to {@code /files/}. */
    synchronized String reserve(String fileName) {
        String safe = fileName.replaceAll("[^A-Za-z0-9._-]", "_").replaceFirst("^\\.+", "");
        String name = "b/" + UUID.randomUUID() + "/"
                + (safe.isEmpty() ? "file" : safe.substring(0, Math.min(safe.length(), LONGEST_NAME)));
        files.put(name, null);
        makeRoom(name);
        return name;
    }

    /**
     * Stores a file.
     *
     * @return false when the name was not reserved, or has been evicted since
     * @throws BadInputException when the file is too large, or too many uploads run at once
     */
    boolean write(String name, String contentType, InputStream body) throws IOException {
        if (!reserved(name)) {
            return false;
        }
        if (!uploads.tryAcquire()) {
            throw new BadInputException(503, "file: expected at most " + UPLOADS_AT_ONCE + " uploads at once");
        }
        try {
            return take(name, contentType, body);
        } finally {
            uploads.release();
        }
    }

    private boolean take(String name, String contentType, InputStream body) throws IOException {
        FileChannel channel = open();
        try {
            Stored stored = new Stored(contentType, copy(body, channel), channel);
            if (put(name, stored)) {
                return true;
            }
        } catch (IOException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
        channel.close();
        return false;
    }

    synchronized Optional<Stored> find(String name) {
        return Optional.ofNullable(files.get(name));
    }

    /** Number of complete files. */
    synchronized int count() {
        return (int) files.values().stream().filter(file -> file != null).count();
    }

    synchronized void clear() {
        files.values().forEach(StoredFiles::close);
        files.clear();
    }

    private synchronized boolean reserved(String name) {
        return files.containsKey(name);
    }

    private synchronized boolean put(String name, Stored stored) {
        if (!files.containsKey(name)) {
            return false;
        }
        close(files.put(name, stored));
        makeRoom(name);
        return true;
    }

    private void makeRoom(String except) {
        Iterator<Map.Entry<String, @Nullable Stored>> oldest = files.entrySet().iterator();
        while (oldest.hasNext() && (files.size() > limits.files() || bytes() > limits.allFileBytes())) {
            Map.Entry<String, @Nullable Stored> entry = oldest.next();
            if (!entry.getKey().equals(except)) {
                close(entry.getValue());
                oldest.remove();
            }
        }
    }

    private long bytes() {
        return files.values().stream()
                .mapToLong(file -> file == null ? 0 : file.size())
                .sum();
    }

    private long copy(InputStream body, FileChannel channel) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        long size = 0;
        for (int read = body.read(chunk); read >= 0; read = body.read(chunk)) {
            size += read;
            if (size > limits.fileBytes()) {
                throw new BadInputException(413, "file: expected at most " + limits.fileBytes() + " bytes");
            }
            ByteBuffer buffer = ByteBuffer.wrap(chunk, 0, read);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
        return size;
    }

    private static FileChannel open() throws IOException {
        Path path = Files.createTempFile("fal-emulator-", ".upload");
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Files.delete(path);
        return channel;
    }

    private static void close(@Nullable Stored stored) {
        if (stored != null) {
            try {
                stored.content().close();
            } catch (IOException gone) {
                // The file is already unlinked: its space is free whatever close reports.
            }
        }
    }
}
