package avatarmonitor.config;

import avatarmonitor.text.UntrustedText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file that holds one secret, as Docker, Kubernetes and systemd provide them. Trailing line ends are ignored.
 * Problems never contain its content.
 *
 * <p>Permissions: a file writable by group or others is rejected, because a user who can write it chooses the secret.
 * One readable by others causes a warning, except on an in-memory file system, where Docker and Kubernetes mount
 * secrets with mode 0444 or 0644 for the processes of the container only.
 */
final class SecretFile {
    /** Longer than any value that a key accepts. */
    static final int BYTES_MAX = 8 * 1024;

    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");
    private static final String EXPECTED = "a file that holds the secret and nothing else";

    private final List<Problem> warnings;

    /** @param warnings receives problems that do not prevent a start */
    SecretFile(List<Problem> warnings) {
        this.warnings = warnings;
    }

    /** @param variable the variable that names the file */
    RawValue read(Path file, String variable) {
        String origin = UntrustedText.path(file.toString()) + ", " + RawValue.variable(variable);
        try {
            if (!Files.exists(file)) {
                return refused(origin, "there is no such file: check the path in " + variable);
            }
            if (!Files.isRegularFile(file)) {
                return refused(origin, "this is not a file: name the file itself");
            }
            String refusal = permissions(file, origin, variable);
            if (refusal != null) {
                return RawValue.refusedFile(origin, "a file that only its owner may change", refusal);
            }
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(BYTES_MAX + 1);
            }
            return content(bytes, origin);
        } catch (NoSuchFileException gone) {
            return refused(origin, "there is no such file: check the path in " + variable);
        } catch (CharacterCodingException e) {
            return refused(origin, "the file is no UTF-8 text: write the secret as plain text");
        } catch (IOException e) {
            return refused(
                    origin, "the file cannot be read (" + e.getClass().getSimpleName() + "): let this user read it");
        }
    }

    private static RawValue content(byte[] bytes, String origin) throws CharacterCodingException {
        if (bytes.length > BYTES_MAX) {
            return refused(origin, "the file is larger than " + BYTES_MAX + " bytes: is it the right one?");
        }
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString()
                .replaceFirst("[\\r\\n]+\\z", "");
        if (text.isEmpty()) {
            return refused(origin, "the file is empty: write the secret into it, or unset the variable");
        }
        if (text.charAt(0) == '\uFEFF') {
            return refused(origin, "the file begins with a byte order mark: save it as UTF-8 without one");
        }
        if (text.indexOf('\0') >= 0) {
            return refused(origin, "the file holds binary data: write the secret as plain text");
        }
        return EnvironmentSource.quoted(text)
                ? refused(origin, "remove the quotes at both ends: in a file they would be part of the secret")
                : new RawValue(text, origin, true, null);
    }

    private @Nullable String permissions(Path file, String origin, String variable) throws IOException {
        Set<PosixFilePermission> rights;
        try {
            rights = Files.getPosixFilePermissions(file);
        } catch (UnsupportedOperationException notPosix) {
            return null;
        }
        String mode = PosixFilePermissions.toString(rights);
        if (rights.contains(PosixFilePermission.GROUP_WRITE) || rights.contains(PosixFilePermission.OTHERS_WRITE)) {
            return "its permissions are " + mode + ": chmod 600, a user who can write it controls the secret";
        }
        if (rights.contains(PosixFilePermission.OTHERS_READ) && !inMemory(file)) {
            warnings.add(new Problem(
                    variable,
                    origin,
                    "a file that only its owner may read, not " + mode,
                    "chmod 600 it, or 640 for a group: every local user can read the secret"));
        }
        return null;
    }

    /** Warns when every local user can read a file of secrets that other code reads. */
    void warnOfReaders(Path file, String key) {
        try {
            String unused = permissions(file, UntrustedText.path(file.toString()), key);
        } catch (IOException gone) {
            warnings.add(new Problem(
                    key, UntrustedText.path(file.toString()), "a file whose permissions can be read", "look at it"));
        }
    }

    /**
     * Returns a warning about a configuration file that holds a secret and is readable or writable by others; empty
     * when there is none.
     */
    static Optional<Problem> openToOthers(Path configuration, List<Setting> effective) {
        Optional<Setting> secret = effective.stream()
                // A URL is shown with its password masked.
                .filter(setting -> setting.shown().contains("***")
                        && !setting.origin().startsWith("environment variable")
                        && !setting.origin().equals("default"))
                .findFirst();
        try {
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(configuration);
            boolean isInMemory = inMemory(configuration);
            boolean open = rights.contains(PosixFilePermission.OTHERS_READ)
                    || rights.contains(PosixFilePermission.OTHERS_WRITE)
                    || rights.contains(PosixFilePermission.GROUP_WRITE);
            return secret.filter(found -> open && !isInMemory)
                    .map(found -> new Problem(
                            found.key(),
                            found.origin(),
                            "a file that only its owner may read, since it holds a secret, not "
                                    + PosixFilePermissions.toString(rights),
                            "chmod 600 " + configuration
                                    + ", or give the secret by environment or by a file of its own"));
        } catch (IOException | UnsupportedOperationException notPosix) {
            return Optional.empty();
        }
    }

    private static boolean inMemory(Path file) throws IOException {
        return IN_MEMORY.contains(Files.getFileStore(file.toRealPath()).type().toLowerCase(Locale.ROOT));
    }

    private static RawValue refused(String origin, String advice) {
        return RawValue.refusedFile(origin, EXPECTED, advice);
    }
}
