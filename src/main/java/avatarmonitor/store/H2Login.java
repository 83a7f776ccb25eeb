package avatarmonitor.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A user of the embedded database with a random password, in a file beside it that only its owner may read. The file is
 * also a valid argument file of {@code java}, so that an operator can open the database without a password on the
 * command line, which other local users would see.
 *
 * @param password never printed
 */
record H2Login(String user, String password) {
    enum Role {
        /** Migrates, and opens the file for the other user. Has H2's default name of the first user. */
        ADMINISTRATOR("sa", ".admin.login"),
        /** Reads and writes rows; can neither create objects nor run code. */
        WORK("avatar_monitor", ".login");

        private final String user;
        private final String suffix;

        Role(String user, String suffix) {
            this.user = user;
            this.suffix = suffix;
        }

        String user() {
            return user;
        }

        Path file(Path database) {
            return database.resolveSibling(database.getFileName() + suffix);
        }
    }

    private static final int PASSWORD_BYTES = 32;
    private static final int FILE_BYTES_MAX = 4_096;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Lock between threads, since a file lock is held by the whole process. */
    private static final ReentrantLock MOVING = new ReentrantLock();

    /**
     * Reads the login of a database.
     *
     * @return empty when there is no such file
     * @throws StoreException when the file cannot be read, or has other content
     */
    static Optional<H2Login> read(Path database, Role role) {
        Path file = role.file(database);
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw damaged(file);
            }
            List<String> words = Files.readAllLines(file, StandardCharsets.UTF_8).stream()
                    .filter(line -> !line.startsWith("#"))
                    .flatMap(line -> Arrays.stream(line.strip().split("\\s+", -1)))
                    .toList();
            int user = words.indexOf("-user") + 1;
            int password = words.indexOf("-password") + 1;
            if (user == 0 || password == 0 || Math.max(user, password) >= words.size()) {
                throw damaged(file);
            }
            return Optional.of(new H2Login(words.get(user), words.get(password)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw StoreException.misconfigured(
                    "cannot read " + file + ", which holds the password of the embedded database ("
                            + e.getClass().getSimpleName()
                            + "): run this as the user who runs the worker, or set db.user and db.password");
        }
    }

    private static StoreException damaged(Path file) {
        return StoreException.misconfigured(
                "file " + file + " should hold -user and -password of the embedded database and does"
                        + " not: restore it from a backup, or set db.user and db.password");
    }

    /** Like {@link #read}, but creates a missing file with a new password. When several processes do so, one wins. */
    static H2Login readOrCreate(Path database, Role role) {
        return readOrCreate(database, role, Files::createLink);
    }

    /** Creates a hard link, like {@link Files#createLink}. */
    interface Linker {
        Path link(Path link, Path existing) throws IOException;
    }

    static H2Login readOrCreate(Path database, Role role, Linker linker) {
        Optional<H2Login> known = read(database, role);
        if (known.isPresent()) {
            return known.get();
        }
        byte[] random = new byte[PASSWORD_BYTES];
        RANDOM.nextBytes(random);
        H2Login made = new H2Login(role.user(), HexFormat.of().formatHex(random));
        Path file = role.file(database);
        try {
            made.write(file, linker);
        } catch (IOException e) {
            throw StoreException.misconfigured(
                    "cannot write " + file + ", which is to hold the password of the embedded database: " + e);
        }
        return read(database, role).orElseThrow(() -> damaged(file));
    }

    /** Writes the file atomically and durably: complete or not at all, even when the machine fails. */
    private void write(Path file, Linker linker) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + "." + Long.toHexString(RANDOM.nextLong()));
        boolean unused = OwnerOnly.createFile(temporary);
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer text = StandardCharsets.UTF_8.encode(text(file));
                while (text.hasRemaining()) {
                    int written = channel.write(text);
                    assert written >= 0;
                }
                channel.force(true);
            }
            try {
                Path linked = linker.link(file, temporary);
                assert linked.equals(file);
            } catch (FileAlreadyExistsException e) {
                // Another process was faster.
                return;
            } catch (UnsupportedOperationException | FileSystemException e) {
                // A file system without hard links (FAT, some network and container mounts) answers EPERM or ENOTSUP.
                moveIfAbsent(temporary, file);
            }
            syncFolder(file);
        } finally {
            boolean deleted = Files.deleteIfExists(temporary);
            assert deleted || !deleted;
        }
    }

    /** Moves the file unless the target exists, under a file lock: the first process creates it, the others find it. */
    private static void moveIfAbsent(Path temporary, Path file) throws IOException {
        Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
        MOVING.lock();
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assert lock.isValid();
            if (!Files.exists(file)) {
                Path moved = Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
                assert moved.equals(file);
            }
            boolean deleted = Files.deleteIfExists(lockFile);
            assert deleted || !deleted;
        } finally {
            MOVING.unlock();
        }
    }

    private static void syncFolder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Some systems cannot open a folder; the file itself is already on disk.
            return;
        }
    }

    private String text(Path file) {
        return "# Login of avatar-monitor to the embedded database beside this file. Keep it with the database, and secret.\n"
                + "# To look with SQL: java -cp avatar-monitor.jar @" + file.getFileName()
                + " -url URL (docs/database.md)\n"
                + "org.h2.tools.Shell -user " + user + " -password " + password + "\n";
    }

    @Override
    public String toString() {
        return "H2Login[user=" + user + ", password=***]";
    }
}
