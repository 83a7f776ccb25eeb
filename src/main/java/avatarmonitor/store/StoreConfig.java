package avatarmonitor.store;

/**
 * The {@code db.*} keys.
 *
 * @param url JDBC URL of PostgreSQL or of an H2 file
 * @param user may be empty
 * @param password may be empty; never printed
 * @param poolSize maximum of connections in the pool of one process
 */
public record StoreConfig(String url, String user, String password, int poolSize) {

    /** Connections reserved for work other than checks: the scheduler's threads, the reconcile job, readers. */
    public static final int BESIDE_CHECKS = 6;

    /** Connections of a worker outside the pool on PostgreSQL: three that fire checks, one that listens. */
    public static final int BESIDE_POOL = 4;

    /** Maximum of connections of a running worker on PostgreSQL. */
    public int mostConnections() {
        return poolSize + BESIDE_POOL;
    }

    /** Maximum of connections for all checks together. */
    public int forChecks() {
        return poolSize - BESIDE_CHECKS;
    }

    @Override
    public String toString() {
        return "StoreConfig[url=" + JdbcUrl.withoutSecrets(url) + ", user=" + user + ", password=***, poolSize="
                + poolSize + "]";
    }
}
