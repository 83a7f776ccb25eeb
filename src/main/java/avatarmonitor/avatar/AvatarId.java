package avatarmonitor.avatar;

import java.util.Optional;
import java.util.UUID;

/** Id of an avatar: the primary key of the application's row and the name of its trigger. */
public record AvatarId(UUID value) {

    /** Parses the canonical text form (8-4-4-4-12); empty when the text is anything else. */
    public static Optional<AvatarId> parse(String text) {
        try {
            UUID uuid = UUID.fromString(text);
            return uuid.toString().equalsIgnoreCase(text) ? Optional.of(new AvatarId(uuid)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
