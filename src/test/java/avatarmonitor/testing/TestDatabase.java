package avatarmonitor.testing;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import java.util.UUID;

/**
 * The databases on which every test of SQL runs. Use with {@code @ParameterizedClass @EnumSource(TestDatabase.class)}
 * and a try-with-resources (or {@code @AutoClose}) around {@link #fresh()}. Servers are started once per JVM and
 * stopped with it; each call creates a separate database.
 */
public enum TestDatabase {
    H2 {
        @Override
        Location create() {
            return H2Files.create();
        }

        @Override
        Location createMigrated() {
            return H2Files.createMigrated();
        }
    },
    POSTGRESQL_15 {
        @Override
        Location create() {
            return PostgresServer.version15().create();
        }

        @Override
        Location createMigrated() {
            return PostgresServer.version15().createMigrated();
        }
    },
    POSTGRESQL_18 {
        @Override
        Location create() {
            return PostgresServer.version18().create();
        }

        @Override
        Location createMigrated() {
            return PostgresServer.version18().createMigrated();
        }
    };

    /** Maximum of connections of one test. */
    private static final int POOL_SIZE = 16;

    /** Opens a new database with all tables and views. */
    public Fresh fresh() {
        return new Fresh(createMigrated());
    }

    /** Opens a new database without any table. */
    public Fresh empty() {
        return new Fresh(create());
    }

    abstract Location create();

    abstract Location createMigrated();

    /** Location of a database and how to drop it. */
    record Location(String url, String user, String password, Runnable drop) {
        StoreConfig config() {
            return new StoreConfig(url, user, password, POOL_SIZE);
        }
    }

    /** One database; closing it closes the pool and removes the data. */
    public static final class Fresh implements AutoCloseable {
        private final Location location;
        private final Database database;

        Fresh(Location location) {
            this.location = location;
            this.database = Database.open(administrator());
        }

        /**
         * Settings for a second pool or another process, as in the product: on H2 without the privilege to change
         * tables.
         */
        public StoreConfig config() {
            return location.config();
        }

        /** Like {@link #config}, for a user who may change tables. */
        public StoreConfig administrator() {
            return location.url().startsWith("jdbc:h2:") ? H2Files.administrator(location) : location.config();
        }

        /**
         * Creates a role of PostgreSQL that may log in.
         *
         * @param privileges what it is granted, such as {@code SELECT ON avatars}
         * @return settings with its name and password
         */
        public StoreConfig role(String... privileges) {
            String role = "role_" + UUID.randomUUID().toString().replace('-', '_');
            Sql.run(database, "CREATE ROLE " + role + " LOGIN PASSWORD 'secret'");
            for (String privilege : privileges) {
                Sql.run(database, "GRANT " + privilege + " TO " + role);
            }
            return new StoreConfig(location.url(), role, "secret", POOL_SIZE);
        }

        public Database database() {
            return database;
        }

        @Override
        public void close() {
            database.close();
            location.drop().run();
        }
    }
}
