package avatarmonitor.store;

import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;

/** Whether a PostgreSQL server accepts writes. */
public enum ServerRole {
    /** Accepts writes. */
    PRIMARY("it is the primary and takes writes"),
    /** In recovery: a hot standby, or a primary that is being restored. */
    STANDBY("the server is a standby (pg_is_in_recovery() is true)"),
    /** A primary with read-only sessions: usually the old primary after a failover. */
    READ_ONLY("the server, the database or the role is set to default_transaction_read_only = on");

    /** Remedy for a server that is read-only. */
    public static final String REMEDY =
            "let db.url lead to the primary: its own address, one that follows it, or all hosts as jdbc:postgresql://host1,host2/database";

    private final String words;

    ServerRole(String words) {
        this.words = words;
    }

    /** Description for display. */
    public String inWords() {
        return words;
    }

    /** Queries the server; PostgreSQL only. */
    public static ServerRole of(Database database) {
        return database.read(ServerRole::of);
    }

    static ServerRole of(Connection connection) throws SQLException {
        return Jdbc.one(
                connection,
                "SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::boolean",
                row -> row.getBoolean(1) ? STANDBY : row.getBoolean(2) ? READ_ONLY : PRIMARY);
    }
}
