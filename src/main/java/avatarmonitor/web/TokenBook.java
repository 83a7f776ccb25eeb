package avatarmonitor.web;

import avatarmonitor.web.NamedToken.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All currently valid tokens: that of {@code http.token}, which allows changes, and those of the file. */
final class TokenBook {
    /** Name of the token of {@code http.token}. */
    static final String CONFIGURED = "http.token";

    private final HttpConfig config;

    TokenBook(HttpConfig config) {
        this.config = config;
    }

    boolean isEmpty() {
        return all().isEmpty();
    }

    /** Returns whether any token allows changes. */
    boolean anyOperates() {
        return all().stream().anyMatch(token -> token.role() == Role.OPERATE);
    }

    /**
     * Returns the token of this {@code Authorization} header. Compares all tokens, so that the time reveals nothing.
     */
    Optional<NamedToken> find(@Nullable String authorization) {
        byte[] given = AccessToken.digestOf(authorization);
        NamedToken found = null;
        for (NamedToken token : all()) {
            found = token.token().hasDigest(given) ? token : found;
        }
        return Optional.ofNullable(found);
    }

    private List<NamedToken> all() {
        List<NamedToken> all = new ArrayList<>();
        AccessToken configured = config.token();
        TokenFile ofConfigured = config.tokenFile();
        if (ofConfigured != null) {
            all.addAll(ofConfigured.tokens());
        } else if (configured != null) {
            all.add(new NamedToken(CONFIGURED, Role.OPERATE, configured));
        }
        TokenFile file = config.tokens();
        if (file != null) {
            all.addAll(file.tokens());
        }
        return all;
    }
}
