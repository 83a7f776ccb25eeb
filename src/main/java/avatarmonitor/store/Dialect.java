package avatarmonitor.store;

/** The two databases that are supported. */
public enum Dialect {
    POSTGRESQL,
    H2
}
