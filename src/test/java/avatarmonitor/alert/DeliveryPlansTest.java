package avatarmonitor.alert;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.store.Database;
import avatarmonitor.testing.ManyTrainings;
import avatarmonitor.testing.Plans;
import avatarmonitor.testing.Statistics;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A batch of messages is found and settled by index, whatever the statistics of a queue that fills and empties. */
final class DeliveryPlansTest {
    private static final int MESSAGES = 2_000;
    private static final int BATCH = 50;

    @ParameterizedTest
    @MethodSource("avatarmonitor.testing.Statistics#onEachPostgres")
    void batchOfMessagesIsFoundByIndex(TestDatabase kind, Statistics statistics) {
        Instant now = Instant.now();
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database plain = fresh.database();
            statistics.fill(plain, MESSAGES, (from, to) -> ManyTrainings.insert(plain, from, to));
            try (Database database = Plans.explaining(fresh);
                    Plans plans = new Plans()) {
                DeliveryQueue deliveries = new DeliveryQueue(database.dialect());
                database.inTransaction(connection -> {
                    assertThat(deliveries.due(connection, "callback", now, BATCH))
                            .hasSize(BATCH);
                    for (DeliveryQueue.Waiting message : deliveries.due(connection, "callback", now, 3)) {
                        assertThat(deliveries.claim(connection, message, "w", now, now.plusSeconds(60)))
                                .isTrue();
                        assertThat(deliveries.delivered(connection, List.of(message), now))
                                .isEqualTo(1);
                    }
                    assertThat(deliveries.waits(connection, "callback", "7")).isTrue();
                    return connection;
                });
                assertThat(plans.all()).hasSizeGreaterThan(5).allSatisfy(plan -> {
                    assertThat(plan.rows()).as(plan.toString()).isLessThanOrEqualTo(4 * BATCH);
                    assertThat(plan.pages()).as(plan.toString()).isLessThanOrEqualTo(40 * BATCH);
                });
            }
            try (Database database = Plans.explaining(fresh);
                    Plans plans = new Plans()) {
                DeliveryQueue deliveries = new DeliveryQueue(database.dialect());
                Instant yesterday = now.minus(Duration.ofDays(1));
                database.inTransaction(connection -> {
                    assertThat(deliveries.giveUp(connection, "callback", yesterday, now, BATCH))
                            .isZero();
                    assertThat(deliveries.giveUp(connection, null, yesterday, now, BATCH))
                            .isZero();
                    assertThat(deliveries.giveUp(connection, "callback", now.plusSeconds(3_600), now, BATCH))
                            .isEqualTo(BATCH);
                    return connection;
                });
                assertThat(plans.all()).hasSizeGreaterThan(3).allSatisfy(plan -> {
                    assertThat(plan.rows()).as(plan.toString()).isLessThanOrEqualTo(2 * MESSAGES);
                    assertThat(plan.pages()).as(plan.toString()).isLessThanOrEqualTo(2 * MESSAGES);
                });
            }
        }
    }

    /** While one worker claims messages, another one takes the messages after those. */
    @Test
    void twoWorkersClaimDifferentMessages() {
        Instant now = Instant.now();
        try (TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh()) {
            Database database = fresh.database();
            DeliveryQueue deliveries = new DeliveryQueue(database.dialect());
            database.inTransaction(connection -> {
                for (String lane : List.of("a", "b", "c", "d")) {
                    deliveries.add(connection, "callback", lane, new Message(UUID.randomUUID(), new JsonObject()), now);
                }
                return true;
            });
            List<String> lanes = database.inTransaction(connection -> {
                List<String> both = new ArrayList<>(lanes(deliveries.due(connection, "callback", now, 2)));
                both.addAll(database.inTransaction(beside -> lanes(deliveries.due(beside, "callback", now, 2))));
                return both;
            });
            assertThat(lanes).containsExactly("a", "b", "c", "d");
        }
    }

    private static List<String> lanes(List<DeliveryQueue.Waiting> messages) {
        return messages.stream().map(DeliveryQueue.Waiting::lane).toList();
    }
}
