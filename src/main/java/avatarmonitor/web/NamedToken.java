package avatarmonitor.web;

/**
 * A token, who has it and what it allows.
 *
 * @param name for events and logs
 */
record NamedToken(String name, Role role, AccessToken token) {
    /** What a token allows. */
    enum Role {
        /** Reading alone. */
        READ,
        /** Reading and changing. */
        OPERATE
    }
}
