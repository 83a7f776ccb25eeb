package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.Monitoring;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Overrides belong to one request, and are read as they were written. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_15"})
final class OverrideStoreTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private static final Instant DEADLINE = Instant.parse("2026-11-23T12:30:00Z");
    private static final Overrides ALL = new Overrides(Duration.ofHours(3), Duration.ofSeconds(30), DEADLINE, 8);

    private final TestDatabase.Fresh fresh;
    private final Database database;
    private final AvatarId id = new AvatarId(UUID.randomUUID());
    private final AvatarId other = new AvatarId(UUID.randomUUID());

    OverrideStoreTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        Checks.begin(database, id, "r-1", START);
        Checks.begin(database, other, "r-2", START);
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    @Test
    void overridesAreReadAsWrittenForTheirAvatarAlone() {
        assertThat(write("r-1", ALL, null)).isTrue();
        assertThat(of(avatar(id, "r-1"), avatar(other, "r-2"))).containsOnly(Map.entry(id, ALL));
        assertThat(monitoring().overrides()).isEqualTo(ALL);
        assertThat(of()).isEmpty();
    }

    @Test
    void eachOneAloneIsFound() {
        for (Overrides one : List.of(
                new Overrides(Duration.ofHours(3), null, null, null),
                new Overrides(null, Duration.ofSeconds(30), null, null),
                new Overrides(null, null, DEADLINE, null),
                new Overrides(null, null, null, 8))) {
            write("r-1", one, null);
            assertThat(of(avatar(id, "r-1"))).containsOnly(Map.entry(id, one));
        }
        write("r-1", Overrides.NONE, null);
        assertThat(of(avatar(id, "r-1"))).isEmpty();
    }

    @Test
    void anotherRequestHasNone() {
        assertThat(write("r-2", ALL, null)).isFalse();
        assertThat(of(avatar(id, "r-1"))).isEmpty();
        write("r-1", ALL, null);
        assertThat(of(avatar(id, "r-2"))).isEmpty();
    }

    @Test
    void windowIsReplacedOnlyByANewOne() {
        write("r-1", ALL, null);
        assertThat(monitoring().windowEndsAt()).isEqualTo("2026-11-23T11:00:00Z");
        write("r-1", ALL, DEADLINE);
        assertThat(monitoring().windowEndsAt()).isEqualTo("2026-11-23T12:30:00Z");
    }

    private boolean write(String request, Overrides wanted, @Nullable Instant windowEndsAt) {
        return database.inTransaction(connection -> OverrideStore.write(connection, id, request, wanted, windowEndsAt));
    }

    private Map<AvatarId, Overrides> of(Avatar... avatars) {
        return OverrideStore.of(database, List.of(avatars));
    }

    private static Avatar avatar(AvatarId id, String request) {
        return new Avatar(id, "PORTRAIT", "TRAINING", request, START, null);
    }

    private Monitoring monitoring() {
        return database.<Monitoring>read(
                connection -> MonitoringStore.find(connection, id).orElseThrow());
    }
}
