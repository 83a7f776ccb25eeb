package avatarmonitor.schedule;

/** {@code start.listen}: whether a worker listens for starts; PostgreSQL only. */
public enum Listen {
    /** It does. Where notifications do not arrive, it goes without and says so once. */
    AUTO,
    OFF
}
