package avatarmonitor.fal;

import avatarmonitor.fal.answer.CleanJson;
import avatarmonitor.text.Secrets;
import avatarmonitor.text.Sha256;
import com.google.gson.JsonElement;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** A fal API key. Its text leaves this class only as the Authorization header; it is never printed. */
public final class FalKey {
    /** Printable ASCII without blanks, so that it cannot end a header line. */
    private static final Pattern SENDABLE = Pattern.compile("[\\x21-\\x7e]{1,1000}");

    private final String value;
    private final Secrets parts;

    /**
     * Creates a key from its configured value.
     *
     * @param value surrounding blanks, such as the line end of a file, are removed
     * @throws IllegalArgumentException when it is blank or invalid in a header; the message never contains the
     *     value
     */
    public FalKey(String value) {
        this.value = value.strip();
        if (this.value.isEmpty()) {
            throw new IllegalArgumentException("the fal key is blank");
        }
        if (!SENDABLE.matcher(this.value).matches()) {
            throw new IllegalArgumentException("the fal key holds blanks or characters that no key has");
        }
        parts = new Secrets(List.of(this.value));
    }

    /** Value of the {@code Authorization} header (docs/fal-contract.md section 1). */
    public String authorization() {
        return "Key " + value;
    }

    /**
     * Identifies the key to processes that share a database, without naming it: the first half of its SHA-256 in hex. A
     * key of fal's has far more entropy than can be searched.
     */
    public String digest() {
        byte[] hash = Sha256.of(StandardCharsets.US_ASCII.encode(value));
        return HexFormat.of().formatHex(hash, 0, hash.length / 2);
    }

    /**
     * Masks this key and its halves in a text: a server may echo the request, and the key must not reach logs and
     * errors.
     */
    String hideIn(String text) {
        return parts.mask(text);
    }

    /**
     * Masks this key and its halves in a response body. A half of a few characters, as in a key of a test, stays: a
     * model whose URL contains it as a word would be lost.
     */
    String hideInBody(String text) {
        return parts.maskInData(text);
    }

    /** Masks the key in every text of a document, where it may have been written with escapes. */
    JsonElement hideInBody(JsonElement document) {
        return CleanJson.of(document, this::hideInBody);
    }

    @Override
    public String toString() {
        return Secrets.MASK;
    }
}
