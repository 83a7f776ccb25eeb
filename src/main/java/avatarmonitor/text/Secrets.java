package avatarmonitor.text;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of this process, masked in its output. Each is masked as a whole and in derived forms: both halves of a
 * key {@code id:secret}, path and query of a URL, percent-encoded, JSON-escaped and Base64. Thread-safe. Never prints
 * its content.
 *
 * <p>Texts shorter than {@value #LENGTH_MIN} characters are not masked: they would hide ordinary words and protect
 * nothing. Those shorter than {@value #ANYWHERE_LENGTH_MIN} are masked only where no letter or digit is adjacent,
 * longer ones anywhere.
 */
public final class Secrets {
    /** Replacement of a secret. */
    public static final String MASK = "***";

    static final int LENGTH_MIN = 4;
    static final int ANYWHERE_LENGTH_MIN = 12;

    /**
     * Limit far above the forms of all configured keys and a file of tokens; when it is reached, new forms are not
     * added.
     */
    private static final int FORMS_MAX = 2_000;

    /** Longest first, so that a whole secret is masked as one. */
    private volatile List<String> forms = List.of();

    /** Instance that receives each added secret; null when there is none. */
    private @Nullable Secrets follower;

    public Secrets() {}

    public Secrets(Collection<String> secrets) {
        secrets.forEach(this::add);
    }

    /** Adds a secret; ignores blank texts. */
    public void add(String secret) {
        addForms(formsOf(secret.strip()));
    }

    /** Copies all present and future secrets to the other instance. */
    public synchronized void copyTo(Secrets other) {
        follower = other;
        other.addForms(forms);
    }

    private synchronized void addForms(Collection<String> more) {
        Set<String> all = new LinkedHashSet<>(forms);
        for (String form : more) {
            if (form.length() >= LENGTH_MIN && all.size() < FORMS_MAX) {
                all.add(form);
            }
        }
        List<String> sorted = new ArrayList<>(all);
        sorted.sort(Comparator.comparingInt(String::length).reversed());
        forms = List.copyOf(sorted);
        if (follower != null) {
            follower.addForms(more);
        }
    }

    /** Returns the text with {@value #MASK} in place of each secret. */
    public String mask(String text) {
        return mask(text, LENGTH_MIN);
    }

    /**
     * Like {@link #mask}, for data: only secrets of at least {@value #ANYWHERE_LENGTH_MIN} characters. A shorter one
     * may be an ordinary word, such as a part of a host name, and masking it would change what the data say.
     */
    public String maskInData(String text) {
        return mask(text, ANYWHERE_LENGTH_MIN);
    }

    private String mask(String text, int lengthMin) {
        String masked = text;
        for (String form : forms) {
            masked = form.length() < lengthMin ? masked : mask(masked, form);
        }
        return masked;
    }

    private static String mask(String text, String form) {
        int at = text.indexOf(form);
        if (at < 0) {
            return text;
        }
        boolean anywhere = form.length() >= ANYWHERE_LENGTH_MIN;
        StringBuilder masked = new StringBuilder(text.length());
        int from = 0;
        while (at >= 0) {
            int end = at + form.length();
            if (anywhere || (isEdge(text, at - 1) && isEdge(text, end))) {
                masked.append(text, from, at).append(MASK);
                from = end;
            }
            at = text.indexOf(form, Math.max(end, at + 1));
        }
        return masked.append(text, from, text.length()).toString();
    }

    private static boolean isEdge(String text, int index) {
        return index < 0 || index >= text.length() || !Character.isLetterOrDigit(text.charAt(index));
    }

    private static Set<String> formsOf(String secret) {
        Set<String> plain = new LinkedHashSet<>();
        plain.add(secret);
        URI url = url(secret);
        if (url == null) {
            plain.addAll(Arrays.asList(secret.split(":", 2)));
        } else {
            plain.addAll(partsOf(url));
        }
        Set<String> forms = new LinkedHashSet<>(plain);
        for (String text : plain) {
            forms.add(URLEncoder.encode(text, StandardCharsets.UTF_8));
            forms.add(escapedInJson(text));
            if (text.length() >= ANYWHERE_LENGTH_MIN) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                forms.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
            }
        }
        return forms;
    }

    private static @Nullable URI url(String secret) {
        if (!secret.toLowerCase(Locale.ROOT).matches("https?://.*")) {
            return null;
        }
        try {
            return URI.create(secret);
        } catch (IllegalArgumentException none) {
            return null;
        }
    }

    /** Returns the parts of a URL that request lines show or that may be secret on their own. */
    private static List<String> partsOf(URI url) {
        List<String> parts = new ArrayList<>();
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : url.getRawQuery();
        if (path.length() > 1) {
            parts.add(query.isEmpty() ? path : path + "?" + query);
            parts.add(path);
        }
        for (String part : (path + "&" + query).split("[/&=]", -1)) {
            if (part.length() >= ANYWHERE_LENGTH_MIN) {
                parts.add(part);
            }
        }
        if (url.getRawUserInfo() != null) {
            parts.add(url.getRawUserInfo());
            parts.addAll(Arrays.asList(url.getRawUserInfo().split(":", 2)));
        }
        return parts;
    }

    private static String escapedInJson(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    @Override
    public String toString() {
        return MASK;
    }
}
