package avatarmonitor.store.sql;

import com.google.gson.JsonElement;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Converts untrusted text to the encoding of the server by replacing characters that it cannot store, so that no text
 * makes a write fail. NUL and unpaired surrogates, which no PostgreSQL server accepts, become U+FFFD or {@code ?}.
 */
public final class ServerText {
    private static final char UNKNOWN = '?';
    private static final char REPLACEMENT = '\ufffd';

    /**
     * Server encodings for which Java's charset has no character that PostgreSQL 15 to 18 rejects. For any other, and
     * for SQL_ASCII, only ASCII is written.
     */
    private static final Map<String, String> CHARSETS = Map.ofEntries(
            Map.entry("LATIN1", "ISO-8859-1"),
            Map.entry("LATIN2", "ISO-8859-2"),
            Map.entry("LATIN3", "ISO-8859-3"),
            Map.entry("LATIN4", "ISO-8859-4"),
            Map.entry("LATIN5", "ISO-8859-9"),
            Map.entry("LATIN7", "ISO-8859-13"),
            Map.entry("LATIN9", "ISO-8859-15"),
            Map.entry("ISO_8859_5", "ISO-8859-5"),
            Map.entry("ISO_8859_6", "ISO-8859-6"),
            Map.entry("ISO_8859_7", "ISO-8859-7"),
            Map.entry("ISO_8859_8", "ISO-8859-8"),
            Map.entry("WIN1250", "windows-1250"),
            Map.entry("WIN1251", "windows-1251"),
            Map.entry("WIN1252", "windows-1252"),
            Map.entry("WIN1253", "windows-1253"),
            Map.entry("WIN1254", "windows-1254"),
            Map.entry("WIN1255", "windows-1255"),
            Map.entry("WIN1256", "windows-1256"),
            Map.entry("WIN1257", "windows-1257"),
            Map.entry("WIN1258", "windows-1258"),
            Map.entry("WIN866", "IBM866"),
            Map.entry("WIN874", "x-windows-874"),
            Map.entry("KOI8R", "KOI8-R"),
            Map.entry("KOI8U", "KOI8-U"),
            Map.entry("EUC_JP", "EUC-JP"),
            Map.entry("EUC_KR", "EUC-KR"),
            Map.entry("EUC_CN", "GB2312"));

    /** Characters that Java encodes in EUC-JP and PostgreSQL rejects. */
    private static final String NOT_IN_EUC_JP = "\u00a2\u00a3\u00a5\u00ac\u2014\u2016\u203e\u2212\u301c";

    /** Punctuation with an ASCII replacement. */
    private static final Map<Integer, String> LIKENESSES = Map.ofEntries(
            Map.entry(0x2026, "..."),
            Map.entry(0x2018, "'"),
            Map.entry(0x2019, "'"),
            Map.entry(0x201c, "\""),
            Map.entry(0x201d, "\""),
            Map.entry(0x2013, "-"),
            Map.entry(0x2014, "-"),
            Map.entry(0x2212, "-"),
            Map.entry(0x2022, "*"),
            Map.entry(0x00a0, " "));

    /** An escaped NUL in JSON: preceded by an even number of backslashes. */
    private static final Pattern JSON_NUL = Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*)\\\\u0000");

    /** Null when the server accepts every character. */
    private final @Nullable CharsetEncoder encoder;

    private final boolean eucJp;

    private ServerText(@Nullable CharsetEncoder encoder, boolean eucJp) {
        this.encoder = encoder;
        this.eucJp = eucJp;
    }

    /**
     * Returns the converter for the server of this connection. The encoding was reported at login, so no query is
     * needed.
     */
    static ServerText of(Connection connection) throws SQLException {
        return Dialect.of(connection) == Dialect.H2
                ? of("UTF8")
                : of(connection.unwrap(PGConnection.class).getParameterStatus("server_encoding"));
    }

    /** @param encoding PostgreSQL's name; null when it is unknown */
    static ServerText of(@Nullable String encoding) {
        if ("UTF8".equals(encoding)) {
            return new ServerText(null, false);
        }
        String name = CHARSETS.getOrDefault(String.valueOf(encoding), "US-ASCII");
        Charset charset =
                Charset.isSupported(name) ? Charset.forName(name) : java.nio.charset.StandardCharsets.US_ASCII;
        return new ServerText(charset.newEncoder(), "EUC_JP".equals(encoding));
    }

    /** Returns the text as the server can store it, truncated to this number of characters. */
    public static @Nullable String fit(Connection connection, @Nullable String text, int lengthMax)
            throws SQLException {
        return text == null ? null : of(connection).fit(text, lengthMax);
    }

    /**
     * Returns JSON in ASCII: every other character is escaped, which works in all encodings.
     *
     * @param binary for a jsonb column, which stores the characters themselves: those that the server cannot store
     *     are replaced
     */
    public static String json(Connection connection, JsonElement json, boolean binary) throws SQLException {
        return of(connection).json(json.toString(), binary);
    }

    String fit(String text, int lengthMax) {
        StringBuilder fit = new StringBuilder(Math.min(text.length(), lengthMax));
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            String shown = shown(character);
            if (fit.length() + shown.length() > lengthMax) {
                break;
            }
            fit.append(shown);
        }
        return fit.toString();
    }

    private String shown(int character) {
        if (character == 0 || isHalf(character)) {
            return String.valueOf(encoder == null ? REPLACEMENT : UNKNOWN);
        }
        return holds(character)
                ? Character.toString(character)
                : LIKENESSES.getOrDefault(character, String.valueOf(UNKNOWN));
    }

    private boolean holds(int character) {
        return encoder == null
                || character < 0x80
                || (!(eucJp && NOT_IN_EUC_JP.indexOf(character) >= 0)
                        && encoder.canEncode(Character.toString(character)));
    }

    private static boolean isHalf(int character) {
        return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    }

    String json(String json, boolean binary) {
        StringBuilder ascii = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); ) {
            int character = json.codePointAt(i);
            i += Character.charCount(character);
            if (character < 0x7f) {
                ascii.append((char) character);
            } else if (binary && !holds(character)) {
                ascii.append(UNKNOWN);
            } else {
                for (char unit : Character.toChars(isHalf(character) ? REPLACEMENT : character)) {
                    ascii.append("\\u").append(HexFormat.of().toHexDigits(unit));
                }
            }
        }
        // The pattern is slow on an answer of some megabytes, and rarely needed.
        return ascii.indexOf("\\u0000") < 0
                ? ascii.toString()
                : JSON_NUL.matcher(ascii).replaceAll(binary && encoder != null ? "$1?" : "$1\\\\ufffd");
    }
}
