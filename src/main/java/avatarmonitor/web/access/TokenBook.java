package avatarmonitor.web.access;

import avatarmonitor.web.access.NamedToken.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All currently valid tokens, also those that are added to the files later: that of {@code http.token}, which allows
 * changes, and those of the file.
 *
 * @param configured token of {@code http.token}; null when none is set
 * @param file further tokens; null when no file has any
 * @param ofConfigured the file that {@code configured} was read from, used instead of it; null when it came from
 *     elsewhere
 */
public record TokenBook(
        @Nullable AccessToken configured,
        @Nullable TokenFile file,
        @Nullable TokenFile ofConfigured) {
    public static final TokenBook EMPTY = new TokenBook(null, null, null);

    /** Name of the token of {@code http.token}. */
    static final String CONFIGURED = "http.token";

    public boolean isEmpty() {
        return all().isEmpty();
    }

    /** Returns whether any token allows changes. */
    public boolean anyOperates() {
        return all().stream().anyMatch(token -> token.role() == Role.OPERATE);
    }

    /**
     * Returns the token of this {@code Authorization} header. Compares all tokens, so that the time reveals nothing.
     */
    public Optional<NamedToken> find(@Nullable String authorization) {
        byte[] given = AccessToken.digestOf(authorization);
        NamedToken found = null;
        for (NamedToken token : all()) {
            found = token.token().hasDigest(given) ? token : found;
        }
        return Optional.ofNullable(found);
    }

    private List<NamedToken> all() {
        List<NamedToken> all = new ArrayList<>();
        if (ofConfigured != null) {
            all.addAll(ofConfigured.tokens());
        } else if (configured != null) {
            all.add(new NamedToken(CONFIGURED, Role.OPERATE, configured));
        }
        if (file != null) {
            all.addAll(file.tokens());
        }
        return all;
    }
}
