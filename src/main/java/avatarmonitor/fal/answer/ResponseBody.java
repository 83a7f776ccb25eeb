package avatarmonitor.fal.answer;

import avatarmonitor.fal.answer.FalAnswer.Cause;
import avatarmonitor.text.UntrustedText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Body of a response as text. It should be plain UTF-8; a proxy may have compressed it without being asked, and invalid
 * bytes are replaced, since most of a body decides nothing.
 *
 * @param garbled whether bytes were replaced by U+FFFD
 * @param unread why there is no text; null when there is
 */
public record ResponseBody(String text, boolean garbled, HttpReply.@Nullable Unread unread) {
    /** Misconfigured proxies are known to compress twice; more is an attack. */
    private static final int COMPRESSIONS_MAX = 2;

    private static final Pattern CHARSET =
            Pattern.compile("charset\\s*=\\s*\"?([A-Za-z0-9._:-]{1,40})", Pattern.CASE_INSENSITIVE);
    private static final String BYTE_ORDER_MARK = "\ufeff";

    /** Creates a body without text, for this reason. */
    static ResponseBody unread(Cause cause, String why) {
        return new ResponseBody("", false, new HttpReply.Unread(cause, why));
    }

    /** Bodies of more than {@code max} bytes, compressed or not, are not read. */
    public static ResponseBody tooLarge(int max) {
        return unread(Cause.TOO_LARGE, "with more than " + max + " bytes");
    }

    /**
     * Decodes a body.
     *
     * @param encoding value of Content-Encoding; used only where the bytes themselves do not show it
     * @param contentType value of Content-Type
     * @param max limit of bytes of a decompressed body
     */
    public static ResponseBody of(byte[] bytes, String encoding, String contentType, int max) {
        byte[] plain = bytes;
        String coding = encoding.strip().toLowerCase(Locale.ROOT);
        try {
            for (int i = 0; i < COMPRESSIONS_MAX && isGzip(plain); i++) {
                plain = bounded(new GZIPInputStream(new ByteArrayInputStream(plain)), max);
            }
            if (coding.equals("deflate") && plain.length > 0 && !isJson(plain)) {
                plain = inflate(plain, max);
            }
        } catch (IOException broken) {
            return unread(Cause.MALFORMED, "with a compressed body that is cut or broken");
        }
        if (plain.length > max) {
            return tooLarge(max);
        }
        boolean known = coding.isEmpty() || coding.contains("gzip") || coding.equals("deflate");
        if (isGzip(plain) || (!known && !coding.equals("identity") && !isJson(plain))) {
            return unread(
                    Cause.MALFORMED,
                    UntrustedText.line("with a body in the encoding " + coding + ", which was not asked for"));
        }
        return text(plain, contentType);
    }

    private static boolean isGzip(byte[] bytes) {
        return bytes.length > 1 && bytes[0] == (byte) 0x1f && bytes[1] == (byte) 0x8b;
    }

    private static boolean isJson(byte[] bytes) {
        return bytes.length > 0 && (bytes[0] == '{' || bytes[0] == '[');
    }

    /** Reads at most one byte more than allowed, which stops decompression bombs early. */
    private static byte[] bounded(InputStream compressed, int max) throws IOException {
        try (compressed) {
            return compressed.readNBytes(max + 1);
        }
    }

    /** Inflates data with the zlib header, as standardized, or without it, as some servers send. */
    private static byte[] inflate(byte[] bytes, int max) throws IOException {
        try {
            return bounded(new InflaterInputStream(new ByteArrayInputStream(bytes)), max);
        } catch (IOException withoutHeader) {
            Inflater raw = new Inflater(true);
            try {
                return bounded(new InflaterInputStream(new ByteArrayInputStream(bytes), raw), max);
            } finally {
                raw.end();
            }
        }
    }

    private static ResponseBody text(byte[] bytes, String contentType) {
        String utf8 = strictly(bytes, StandardCharsets.UTF_8);
        if (utf8 != null) {
            return new ResponseBody(withoutMark(utf8), false, null);
        }
        Charset declared =
                bytes[0] == (byte) 0xfe || bytes[0] == (byte) 0xff ? StandardCharsets.UTF_16 : charset(contentType);
        String other = strictly(bytes, declared);
        return other != null
                ? new ResponseBody(withoutMark(other), false, null)
                : new ResponseBody(withoutMark(new String(bytes, StandardCharsets.UTF_8)), true, null);
    }

    private static @Nullable String strictly(byte[] bytes, Charset charset) {
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException another) {
            return null;
        }
    }

    private static Charset charset(String contentType) {
        Matcher declared = CHARSET.matcher(contentType);
        try {
            return declared.find() ? Charset.forName(declared.group(1)) : StandardCharsets.UTF_8;
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            return StandardCharsets.UTF_8;
        }
    }

    private static String withoutMark(String text) {
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }
}
