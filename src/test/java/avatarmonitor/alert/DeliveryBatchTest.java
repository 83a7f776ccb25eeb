package avatarmonitor.alert;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.alert.AlertConfig.Email;
import avatarmonitor.alert.AlertConfig.Tls;
import avatarmonitor.alert.Channel.Sent;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages that a worker claims together: what it has not sent is soon free for other workers. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
final class DeliveryBatchTest {
    private static final AlertConfig CONFIG = new AlertConfig(
            Duration.ofSeconds(10),
            Duration.ofHours(1),
            Duration.ofSeconds(10),
            Duration.ofHours(24),
            new AlertConfig.Receiver(null, ""),
            new AlertConfig.Receiver(null, ""),
            new Email(List.of(), "", "", 25, "", "", Tls.NONE));

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;
    private final List<Message> sent = new ArrayList<>();
    private volatile Instant now = Instant.parse("2026-11-23T08:00:00Z");

    DeliveryBatchTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
    }

    @Test
    void messagesClaimedTogetherAreReleasedWhenTheReceiverGoesAway() {
        queue(5);
        DeliveryWorker cutOff = worker(message -> {
            sent.add(message);
            return sent.size() < 3 ? new Sent.Delivered() : new Sent.Unreachable("gone");
        });
        assertThat(cutOff.deliver()).isEqualTo(2);
        assertThat(Sql.rows(
                        database,
                        "SELECT attempts, state FROM avatar_monitor_delivery WHERE claimed_until IS NULL ORDER BY id"))
                .containsExactly("1|delivered", "1|delivered", "1|waiting", "0|waiting", "0|waiting");
        assertThat(worker(message -> new Sent.Delivered()).deliver())
                .as("another worker need not wait for a claim to end")
                .isEqualTo(2);
    }

    @Test
    void eachClaimOutlastsTheAttemptAlsoForASlowReceiver() {
        queue(10);
        DeliveryWorker slow = worker(message -> {
            sent.add(message);
            assertThat(claimedUntil(message)).isAfterOrEqualTo(now.plusSeconds(10));
            now = now.plusSeconds(3);
            return new Sent.Delivered();
        });
        assertThat(slow.deliver()).isEqualTo(10);
        assertThat(sent).extracting(Message::id).doesNotHaveDuplicates().hasSize(10);
        assertThat(Sql.rows(database, "SELECT DISTINCT attempts, state FROM avatar_monitor_delivery"))
                .containsExactly("1|delivered");
    }

    private void queue(int count) {
        DeliveryQueue queue = new DeliveryQueue(database.dialect());
        database.inTransaction(connection -> {
            for (int i = 0; i < count; i++) {
                JsonObject body = new JsonObject();
                body.addProperty("id", i);
                queue.add(connection, HttpChannel.CALLBACK, "lane-" + i, new Message(UUID.randomUUID(), body), now);
            }
            return count;
        });
    }

    private Instant claimedUntil(Message message) {
        return database.read(connection -> {
            try (var look = connection.prepareStatement(
                    "SELECT claimed_until FROM avatar_monitor_delivery WHERE message_id = ?")) {
                look.setObject(1, message.id());
                try (var row = look.executeQuery()) {
                    assertThat(row.next()).isTrue();
                    return row.getObject(1, OffsetDateTime.class).toInstant();
                }
            }
        });
    }

    private DeliveryWorker worker(Function<Message, Sent> sends) {
        return new DeliveryWorker(
                database,
                new FakeChannel(HttpChannel.CALLBACK, sends),
                CONFIG,
                () -> now,
                () -> now.toEpochMilli() * 1_000_000,
                new Random(7),
                "w");
    }
}
