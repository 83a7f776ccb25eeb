package avatarmonitor.cli;

import avatarmonitor.store.Database;
import avatarmonitor.store.Jdbc;

/** Queries about the members of the cluster. */
final class Workers {
    private Workers() {}

    static int alive(Database database) {
        return database.read(connection -> {
            return Jdbc.one(connection, "SELECT count(*) FROM v_workers WHERE alive", row -> row.getInt(1));
        });
    }
}
