package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.avatar.Avatar;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarRow;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.NextAction.Observed;
import avatarmonitor.store.Database;
import avatarmonitor.testing.ManyTrainings;
import avatarmonitor.testing.Plans;
import avatarmonitor.testing.Statistics;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.Types;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The statements of a batch of checks touch about as many rows as they read or write, whatever the table statistics.
 */
final class CheckPlansTest {
    private static final int TRAININGS = 2_000;
    private static final int BATCH = 100;

    @ParameterizedTest
    @MethodSource("avatarmonitor.testing.Statistics#onEachPostgres")
    void statementsTouchWhatTheyReadOrWrite(TestDatabase kind, Statistics statistics) {
        Instant now = Instant.now();
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database plain = fresh.database();
            statistics.fill(plain, TRAININGS, (from, to) -> ManyTrainings.insert(plain, from, to));
            List<AvatarId> ids = IntStream.range(0, BATCH)
                    .mapToObj(i -> ManyTrainings.id(1 + i * (TRAININGS / BATCH)))
                    .toList();
            try (Database database = Plans.explaining(fresh);
                    Plans plans = new Plans()) {
                AvatarStore avatars = AvatarStore.read(database, Types.SHIPPED);
                Map<AvatarId, StatusCheck.Snapshot> seen = StatusCheck.prefetch(database, avatars, ids);
                assertThat(seen).hasSize(BATCH);
                List<Observation> group = ids.stream()
                        .map(id -> observation(id, Objects.requireNonNull(seen.get(id)), now))
                        .toList();
                assertThat(database.inTransaction(connection -> ObservationBatch.write(
                                        connection, group, AvatarRow.touchFrom(avatars.schema(), "held"), "w"))
                                .written())
                        .hasSize(BATCH);
                List<MonitoringStore.Beginning> again = ids.stream()
                        .map(id -> new MonitoringStore.Beginning(id, "again", now.plusSeconds(3_600)))
                        .toList();
                Map<AvatarId, MonitoringStore.Begun> begun =
                        database.inTransaction(connection -> MonitoringStore.beginAll(connection, again, now));
                assertThat(begun).hasSize(BATCH);
                assertThat(plans.all()).hasSizeGreaterThanOrEqualTo(3).allSatisfy(plan -> {
                    assertThat(plan.rows()).as(plan.toString()).isLessThanOrEqualTo(BATCH * BATCH);
                    assertThat(plan.pages()).as(plan.toString()).isLessThanOrEqualTo(60 * BATCH);
                });
            }
        }
    }

    private static Observation observation(AvatarId id, StatusCheck.Snapshot seen, Instant now) {
        Avatar avatar = seen.avatar();
        CheckedAvatar subject = new CheckedAvatar(id, avatar, seen.monitoring(), System.nanoTime());
        return new Observation(
                subject, new Observed("IN_PROGRESS", null, 5, 0, null, null, now), CheckOutcome.STILL_TRAINING, 7);
    }
}
