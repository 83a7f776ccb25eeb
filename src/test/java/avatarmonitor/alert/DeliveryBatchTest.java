package avatarmonitor.alert;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.alert.Channel.Sent;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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

    @Test
    void asManyMessagesAreSentAtTheSameTimeAsTheChannelAllows() {
        queue(12);
        CyclicBarrier all = new CyclicBarrier(4);
        AtomicInteger underWay = new AtomicInteger();
        Queue<Integer> seen = new ConcurrentLinkedQueue<>();
        DeliveryWorker four = worker(4, message -> {
            seen.add(underWay.incrementAndGet());
            try {
                all.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                return new Sent.Refused("sent alone");
            } finally {
                underWay.decrementAndGet();
            }
            return new Sent.Delivered();
        });
        assertThat(four.deliver()).isEqualTo(12);
        assertThat(seen).hasSize(12).contains(4).allMatch(count -> count <= 4);
    }

    @Test
    void failuresAtTheSameTimeAreOneFailureOfTheReceiver() {
        queue(10);
        CyclicBarrier all = new CyclicBarrier(4);
        AtomicBoolean back = new AtomicBoolean();
        DeliveryWorker four = worker(4, message -> {
            if (back.get()) {
                return new Sent.Delivered();
            }
            try {
                all.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                return new Sent.Refused("sent alone");
            }
            return new Sent.Unreachable("gone");
        });
        assertThat(four.deliver()).isZero();
        assertThat(Sql.rows(
                        database,
                        "SELECT attempts, state, count(*) FROM avatar_monitor_delivery WHERE claimed_until IS NULL"
                                + " GROUP BY attempts, state ORDER BY attempts, state"))
                .containsExactly("0|waiting|6", "1|waiting|4");
        back.set(true);
        now = now.plusSeconds(5);
        assertThat(four.deliver()).as("the wait after one failure").isEqualTo(10);
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
        return worker(1, sends);
    }

    private DeliveryWorker worker(int concurrency, Function<Message, Sent> sends) {
        return Alerting.worker(database, new FakeChannel(HttpChannel.CALLBACK, concurrency, sends), () -> now, "w");
    }
}
