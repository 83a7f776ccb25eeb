package avatarmonitor.fal;

import avatarmonitor.text.Secrets;
import com.google.gson.JsonElement;
import java.util.List;
import java.util.regex.Pattern;

/** A fal API key. Its text leaves this class only as the Authorization header; it never prints. */
public final class FalKey {
    /** Printable ASCII without blanks: nothing that could end a header line or start another one. */
    private static final Pattern SENDABLE = Pattern.compile("[\\x21-\\x7e]{1,1000}");

    private final String value;
    private final Secrets parts;

    /**
     * Takes a key as it was configured.
     *
     * @param value blanks around it, such as the line end of a file it was read from, are dropped
     * @throws IllegalArgumentException when it is blank or cannot stand in a header; the text never shows the value
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

    /** The text without this key and its halves: a server that echoes what it was sent must not bring the key into logs and errors. */
    String hideIn(String text) {
        return parts.mask(text);
    }

    /** The same for every text of a document, where the key may have been written with escapes. */
    JsonElement hideIn(JsonElement document) {
        return CleanJson.of(document, this::hideIn);
    }

    @Override
    public String toString() {
        return Secrets.MASK;
    }
}
