package avatarmonitor.schedule;

/** Setting {@code start.listen}: whether a worker listens for starts. PostgreSQL only. */
public enum Listen {
    /** Listens. Where notifications do not arrive, the worker polls instead and logs that once. */
    AUTO,
    OFF
}
