package avatarmonitor.store;

/**
 * The {@code db.*} keys.
 *
 * @param url JDBC URL of PostgreSQL or of an H2 file
 * @param user may be empty
 * @param password may be empty; never prints
 * @param poolSize most connections that one process holds
 */
public record StoreConfig(String url, String user, String password, int poolSize) {

    /** Connections that checks leave to others: the threads of the scheduler, the reconcile job, those who look. */
    public static final int BESIDE_CHECKS = 6;

    /** Connections of a worker that fire checks on PostgreSQL, beside the pool. */
    public static final int BESIDE_POOL = 3;

    /** Most connections that a running worker opens on PostgreSQL. */
    public int mostConnections() {
        return poolSize + BESIDE_POOL;
    }

    /** How many connections checks may take together. */
    public int forChecks() {
        return poolSize - BESIDE_CHECKS;
    }

    @Override
    public String toString() {
        return "StoreConfig[url=" + JdbcUrl.withoutSecrets(url) + ", user=" + user + ", password=***, poolSize="
                + poolSize + "]";
    }
}
