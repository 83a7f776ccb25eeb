package avatarmonitor.web.access;

import avatarmonitor.background.AtMostEvery;
import avatarmonitor.web.access.NamedToken.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of access tokens: either {@code http.tokens-file}, one token per line as {@code NAME ROLE TOKEN} (blank lines
 * and lines that start with # are ignored), or the file that contains only {@code http.token}. It is read again when a
 * token is needed and the last read is older than {@link #READ_AGAIN}, so tokens can be rotated without a restart.
 * While it is unusable, the tokens of the last successful read stay valid and the log reports the problem.
 */
public final class TokenFile {
    /** Maximum time for which a removed token stays valid. */
    static final Duration READ_AGAIN = Duration.ofSeconds(2);

    static final int BYTES_MAX = 64 * 1024;
    static final int TOKENS_MAX = 100;

    private static final Logger log = LoggerFactory.getLogger(TokenFile.class);

    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9._@-]{1,64})\\s+(\\S{1,20})\\s+(\\S{1,1000})");
    private static final String EXPECTED = "a file with one NAME ROLE TOKEN on each line";

    private final Path file;
    private final boolean single;
    private final Consumer<String> secrets;
    private final LongSupplier nanos;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile List<NamedToken> tokens;
    private volatile long readNanos;
    private final AtMostEvery problemLog;

    private TokenFile(Path file, boolean single, Consumer<String> secrets, LongSupplier nanos)
            throws TokenFileException {
        this.file = file;
        this.single = single;
        this.secrets = secrets;
        this.nanos = nanos;
        this.tokens = read();
        this.readNanos = nanos.getAsLong();
        this.problemLog = new AtMostEvery(AtMostEvery.MINUTE, nanos);
    }

    /**
     * Reads the file for the first time.
     *
     * @param secrets receives every token, to be masked from then on
     * @param nanos a monotonic clock
     * @throws TokenFileException when it is invalid; the message describes the problem without the file's content
     */
    public static TokenFile open(Path file, Consumer<String> secrets, LongSupplier nanos) throws TokenFileException {
        return new TokenFile(file, false, secrets, nanos);
    }

    /**
     * Reads the file of {@code http.token} for the first time.
     *
     * @throws TokenFileException as {@link #open}
     */
    public static TokenFile ofConfigured(Path file, Consumer<String> secrets, LongSupplier nanos)
            throws TokenFileException {
        return new TokenFile(file, true, secrets, nanos);
    }

    public Path path() {
        return file;
    }

    /** Returns the valid tokens. One caller reads the file again, others use the previous tokens meanwhile. */
    List<NamedToken> tokens() {
        if (nanos.getAsLong() - readNanos >= READ_AGAIN.toNanos() && reading.tryLock()) {
            try {
                readAgain();
            } finally {
                reading.unlock();
            }
        }
        return tokens;
    }

    private void readAgain() {
        try {
            List<NamedToken> read = read();
            if (!read.equals(tokens)) {
                log.info("tokens changed file={} names={}", file, names(read));
            }
            tokens = read;
        } catch (TokenFileException broken) {
            if (problemLog.due()) {
                log.error(
                        "tokens cannot be read again, the old ones hold, logged at most once a minute file={} error={}",
                        file,
                        broken.getMessage());
            }
        }
        readNanos = nanos.getAsLong();
    }

    private static List<String> names(List<NamedToken> tokens) {
        return tokens.stream().map(NamedToken::name).toList();
    }

    private List<NamedToken> read() throws TokenFileException {
        String text = text();
        if (single) {
            return List.of(configured(text.replaceFirst("[\\r\\n]+\\z", "")));
        }
        List<NamedToken> read = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\\R", -1)) {
            number++;
            String entry = line.strip();
            if (!entry.isEmpty() && !entry.startsWith("#")) {
                if (read.size() == TOKENS_MAX) {
                    throw new TokenFileException("at most " + TOKENS_MAX + " tokens", "remove some");
                }
                read.add(token(entry, number, read));
            }
        }
        return List.copyOf(read);
    }

    private NamedToken token(String entry, int number, List<NamedToken> before) throws TokenFileException {
        Matcher parts = LINE.matcher(entry);
        if (!parts.matches()) {
            throw wrong(number, "write a name of A-Z a-z 0-9 . _ @ -, read or operate, and the token");
        }
        String name = parts.group(1);
        Role role = switch (parts.group(2).toLowerCase(Locale.ROOT)) {
            case "read" -> Role.READ;
            case "operate" -> Role.OPERATE;
            default -> throw wrong(number, "the role is read or operate");
        };
        if (!AccessToken.usable(parts.group(3))) {
            throw wrong(
                    number,
                    "a token has at least " + AccessToken.LENGTH_MIN
                            + " letters, digits and . _ ~ + / -: openssl rand -hex 32 makes one");
        }
        secrets.accept(parts.group(3));
        AccessToken token = new AccessToken(parts.group(3));
        for (NamedToken other : before) {
            if (other.name().equals(name) || other.token().equals(token)) {
                throw wrong(number, "its name or its token is there before: each is given once");
            }
        }
        if (name.equals(TokenBook.CONFIGURED)) {
            throw wrong(number, "choose another name: this one stands for the key");
        }
        return new NamedToken(name, role, token);
    }

    private NamedToken configured(String text) throws TokenFileException {
        if (!AccessToken.usable(text)) {
            throw new TokenFileException(
                    "a file that holds the token and nothing else",
                    "a token has at least " + AccessToken.LENGTH_MIN
                            + " letters, digits and . _ ~ + / -: openssl rand -hex 32 makes one");
        }
        secrets.accept(text);
        return new NamedToken(TokenBook.CONFIGURED, Role.OPERATE, new AccessToken(text));
    }

    private static TokenFileException wrong(int number, String advice) {
        return new TokenFileException(EXPECTED, "line " + number + ": " + advice);
    }

    private String text() throws TokenFileException {
        try (InputStream in = Files.newInputStream(file)) {
            requireOwn();
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new TokenFileException(EXPECTED, "the file is larger than " + BYTES_MAX + " bytes");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new TokenFileException(EXPECTED, "the file is no UTF-8 text");
        } catch (IOException e) {
            throw new TokenFileException(
                    EXPECTED,
                    "the file cannot be read (" + e.getClass().getSimpleName() + "): check its path and rights");
        }
    }

    /** Rejects a file that others may write: they could grant themselves access. */
    private void requireOwn() throws IOException, TokenFileException {
        Set<PosixFilePermission> rights;
        try {
            rights = Files.getPosixFilePermissions(file);
        } catch (UnsupportedOperationException notPosix) {
            return;
        }
        if (rights.contains(PosixFilePermission.GROUP_WRITE) || rights.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new TokenFileException(
                    "a file that only its owner may change",
                    "chmod 600 it: a user who can write it controls who may act");
        }
    }

    /** Contains names only, never tokens. */
    @Override
    public String toString() {
        return "TokenFile[" + file + ", " + names(tokens) + "]";
    }
}
