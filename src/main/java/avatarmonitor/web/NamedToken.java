package avatarmonitor.web;

/**
 * A token with the name of its owner and its role.
 *
 * @param name for events and logs
 */
record NamedToken(String name, Role role, AccessToken token) {
    /** Permissions of a token. */
    enum Role {
        /** Read only. */
        READ,
        /** Read and change. */
        OPERATE
    }
}
