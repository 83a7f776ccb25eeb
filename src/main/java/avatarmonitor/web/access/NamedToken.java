package avatarmonitor.web.access;

/**
 * A token with the name of its owner and its role.
 *
 * @param name for events and logs
 */
public record NamedToken(String name, Role role, AccessToken token) {
    public enum Role {
        /** Read only. */
        READ,
        /** Read and change. */
        OPERATE
    }
}
