package avatarmonitor.web.access;

import avatarmonitor.web.access.NamedToken.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All currently valid tokens: that of {@code http.token}, which allows changes, and those of the file. */
public final class TokenBook {
    /** Name of the token of {@code http.token}. */
    static final String CONFIGURED = "http.token";

    private final @Nullable AccessToken configured;
    private final @Nullable TokenFile ofConfigured;
    private final @Nullable TokenFile file;

    /**
     * @param configured token of {@code http.token}; null when none is set
     * @param ofConfigured the file that {@code configured} was read from, used instead of it; null when it came from
     *     elsewhere
     * @param file further tokens; null when no file has any
     */
    public TokenBook(@Nullable AccessToken configured, @Nullable TokenFile ofConfigured, @Nullable TokenFile file) {
        this.configured = configured;
        this.ofConfigured = ofConfigured;
        this.file = file;
    }

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
