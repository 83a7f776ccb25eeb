package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.inspect.AvatarNames;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** On H2 the timeout of a statement belongs to the session: the connection returns to the pool without it. */
final class QueryTimeoutTest {
    private static final String TIMEOUT =
            "SELECT setting_value FROM information_schema.settings WHERE setting_name = 'QUERY_TIMEOUT'";

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    @AutoClose
    private final Database pool = Database.open(withOneConnection(fresh.config()));

    @Test
    void probeTakesItsTimeoutBack() {
        assertThat(new DatabaseProbe(pool, "w1").trouble()).isEmpty();

        assertThat(Sql.rows(pool, TIMEOUT)).containsExactly("0");
    }

    @Test
    void namesTakeTheirTimeoutBack() {
        AvatarId id = new Avatars(pool).training("STYLE", "req-1", Instant.now());
        Logged event = new Logged(1, Instant.now(), id, "req-1", "w1", "watching", new JsonObject());
        AvatarSchema schema = AvatarSchema.read(pool);

        AvatarNames unused = pool.read(connection -> AvatarNames.read(connection, schema, List.of(event)));

        assertThat(Sql.rows(pool, TIMEOUT)).containsExactly("0");
    }

    private static StoreConfig withOneConnection(StoreConfig config) {
        return new StoreConfig(config.url(), config.user(), config.password(), 1);
    }
}
