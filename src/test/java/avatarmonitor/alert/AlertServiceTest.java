package avatarmonitor.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.alert.Channel.Sent;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.http.Egress;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Background;
import avatarmonitor.testing.Receiver;
import avatarmonitor.testing.Receiver.Received;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Delivery from the event to the receiver, with real databases and real HTTP; only the clock is controlled. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
final class AlertServiceTest {
    private static final Set<String> CHANNELS = Set.of(LogChannel.NAME, HttpChannel.WEBHOOK, HttpChannel.CALLBACK);

    @AutoClose
    private final TestDatabase.Fresh fresh;

    @AutoClose
    private final Receiver receiver = new Receiver();

    private final Database database;
    private final EventLog events;
    private volatile Instant now = Instant.parse("2026-11-23T08:00:00Z");
    private final InstantSource clock = () -> now;
    private final AlertAggregator aggregator;
    private final DeliveryWorker webhook;
    private final DeliveryWorker callback;

    @AutoClose
    private final HttpChannel webhookChannel;

    @AutoClose
    private final HttpChannel callbackChannel;

    AlertServiceTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        events = new EventLog(database.dialect());
        aggregator = new AlertAggregator(database, Alerting.CONFIG, CHANNELS, clock);
        webhookChannel = channel(HttpChannel.WEBHOOK);
        callbackChannel = channel(HttpChannel.CALLBACK);
        webhook = courier(webhookChannel, "w1");
        callback = courier(callbackChannel, "w1");
    }

    @Test
    void stormIsOneMessageAndOneWhenItIsOver() throws Exception {
        append(1_000, EventType.GAVE_UP);
        AlertAggregator other = new AlertAggregator(database, Alerting.CONFIG, CHANNELS, clock);
        List<CompletableFuture<Void>> both = List.of(Background.run(aggregator::gather), Background.run(other::gather));
        for (CompletableFuture<Void> one : both) {
            one.get(60, TimeUnit.SECONDS);
        }
        aggregator.gather();
        webhook.deliver();
        assertThat(receiver.received()).as("it gathers").isEmpty();
        assertThat(rows("SELECT count(*) FROM avatar_monitor_outbox")).containsExactly("0");

        pass(Alerting.CONFIG.gather());
        append(234, EventType.GAVE_UP);
        round();
        round();
        assertThat(receiver.received()).singleElement().satisfies(message -> {
            assertThat(message.signed()).isTrue();
            assertThat(message.text("alert")).isEqualTo("gave_up");
            assertThat(message.text("news")).isEqualTo("begun");
            assertThat(message.json().get("events").getAsInt()).isEqualTo(1_234);
            assertThat(message.text("text"))
                    .startsWith("avatar-monitor: monitoring gave up\n1234 events since 2026-11-23T08:00:00Z")
                    .endsWith("- and 1229 more");
        });

        pass(Duration.ofMinutes(15));
        round();
        round();
        assertThat(receiver.received()).hasSize(2);
        assertThat(receiver.received().get(1).text("news")).isEqualTo("over");
        assertThat(receiver.received().get(1).json().get("events").getAsInt()).isEqualTo(1_234);
    }

    @Test
    void workerGoesOnWhereAnotherOneDied() {
        append(1, EventType.RECONCILE_FAILED);
        aggregator.gather();
        pass(Alerting.CONFIG.gather());
        new AlertAggregator(database, Alerting.CONFIG, CHANNELS, clock).gather();
        webhook.deliver();
        append(1, EventType.RECONCILE_RECOVERED);
        new AlertAggregator(database, Alerting.CONFIG, CHANNELS, clock).gather();
        webhook.deliver();

        assertThat(receiver.received())
                .extracting(message -> message.text("news"))
                .containsExactly("begun", "over");
    }

    /** The pauses of a worker end when it leaves the cluster. */
    @Test
    void pauseOfAWorkerThatIsGoneIsOver() {
        append(1, EventType.FAL_PAUSED);
        aggregator.gather();
        pass(Alerting.CONFIG.gather());
        round();
        pass(Duration.ofSeconds(30));
        round();
        pass(Duration.ofMinutes(1));
        round();

        assertThat(receiver.received())
                .extracting(message -> message.text("news"))
                .containsExactly("begun", "over");
    }

    @Test
    void pauseOfAWorkerThatIsNotListedYetGoesOn() {
        append(1, EventType.FAL_PAUSED);
        aggregator.gather();
        pass(Duration.ofSeconds(29));
        round();
        Sql.run(database, "INSERT INTO qrtz_scheduler_state VALUES ('avatar-monitor', 'w1', 1, 2000)");
        for (int minute = 0; minute < 10; minute++) {
            pass(Duration.ofMinutes(1));
            round();
        }
        assertThat(rows("SELECT kind, state, workers FROM avatar_monitor_alert"))
                .containsExactly("fal_paused|lasting|[\"w1\"]");

        Sql.run(database, "DELETE FROM qrtz_scheduler_state");
        round();
        pass(Duration.ofSeconds(30));
        round();
        assertThat(rows("SELECT workers FROM avatar_monitor_alert")).containsExactly("[]");
    }

    @Test
    void eventOfAFailedTransactionIsNotReported() {
        assertThatThrownBy(() -> database.inTransaction(connection -> {
                    events.append(connection, event(EventType.STALLED, null, "w1"));
                    throw new IllegalStateException("the end of it");
                }))
                .isInstanceOf(IllegalStateException.class);
        aggregator.gather();

        assertThat(rows("SELECT count(*) FROM avatar_monitor_outbox")).containsExactly("0");
        assertThat(rows("SELECT count(*) FROM avatar_monitor_alert")).containsExactly("0");
    }

    @Test
    void applicationHearsOfEachEndedTrainingInOrderAfterItWasDownForHours() {
        List<AvatarId> avatars = List.of(new AvatarId(UUID.randomUUID()), new AvatarId(UUID.randomUUID()));
        for (EventType type : List.of(EventType.FAILED, EventType.CANCELLED, EventType.COMPLETED)) {
            avatars.forEach(avatar -> append(event(type, avatar, "w1")));
        }
        append(1, EventType.RESTORED);
        receiver.answer(500);
        for (int i = 0; i < 100; i++) {
            aggregator.gather();
            callback.deliver();
            pass(Duration.ofMinutes(3));
        }
        assertThat(receiver.received().size())
                .as("two messages, each again and again with longer and longer waits")
                .isBetween(60, 210);
        assertThat(receiver.received())
                .extracting(message -> message.text("type"))
                .containsOnly("failed");

        receiver.answer(200);
        pass(DeliveryWorker.WAIT_MAX);
        callback.deliver();
        callback.deliver();

        List<Received> taken = receiver.taken();
        assertThat(taken).hasSize(6).allMatch(Received::signed);
        assertThat(taken).extracting(Received::id).doesNotHaveDuplicates();
        for (AvatarId avatar : avatars) {
            assertThat(taken.stream()
                            .filter(message -> message.text("avatar_id").equals(avatar.toString())))
                    .extracting(message -> message.text("type"))
                    .containsExactly("failed", "cancelled", "completed");
        }
        assertThat(taken.get(0).json().keySet())
                .containsExactlyInAnyOrder(
                        "id",
                        "type",
                        "at",
                        "avatar_id",
                        "fal_request_id",
                        "reason",
                        "error_type",
                        "http_code",
                        "retryable",
                        "charged");
        assertThat(taken.get(0).json()).satisfies(told -> {
            assertThat(told.get("error_type").getAsString()).isEqualTo("invalid_archive");
            assertThat(told.get("http_code").getAsInt()).isEqualTo(422);
            assertThat(told.get("retryable").getAsBoolean()).isFalse();
            assertThat(told.get("charged").getAsString()).isEqualTo("maybe");
        });
        assertThat(rows("SELECT DISTINCT state FROM avatar_monitor_delivery")).containsExactly("delivered");
    }

    @Test
    void applicationHearsOfAStalledTrainingOnlyWhenItWasSetToError() {
        for (boolean set : List.of(false, true)) {
            JsonObject detail = new JsonObject();
            detail.addProperty("set_to_error", set);
            if (set) {
                detail.addProperty("reason", "stalled: too long");
            }
            AvatarId avatar = new AvatarId(UUID.randomUUID());
            append(new Event(now, avatar, "r-1", "w1", EventType.STALLED, detail));
        }
        aggregator.gather();
        callback.deliver();
        assertThat(receiver.taken().stream()
                        .filter(message -> message.json().has("avatar_id"))
                        .toList())
                .singleElement()
                .satisfies(message -> {
                    assertThat(message.text("type")).isEqualTo("failed");
                    assertThat(message.text("reason")).isEqualTo("stalled: too long");
                });
    }

    @Test
    void receiverThatIsNotThereIsAskedForOneMessageNowAndThen() {
        Channel nobody = sending(HttpChannel.CALLBACK, new Sent.Unreachable("nobody there"));
        DeliveryWorker patient = courier(nobody, "w1");
        for (int i = 0; i < 50; i++) {
            append(event(EventType.COMPLETED, new AvatarId(UUID.randomUUID()), "w1"));
        }
        aggregator.gather();
        for (int i = 0; i < 3_600; i += 2) {
            patient.deliver();
            pass(Duration.ofSeconds(2));
        }
        assertThat(rows("SELECT sum(attempts) FROM avatar_monitor_delivery").get(0))
                .satisfies(sum -> assertThat(Integer.parseInt(sum)).isBetween(12, 40));
        callback.deliver();
        assertThat(receiver.taken()).hasSizeGreaterThan(40);
    }

    @Test
    void claimOfAWorkerThatDiedEndsAndTheMessageIsTheSame() {
        append(event(EventType.COMPLETED, new AvatarId(UUID.randomUUID()), "w1"));
        aggregator.gather();
        DeliveryWorker dying = courier(
                new FakeChannel(HttpChannel.CALLBACK, message -> {
                    callbackChannel.send(message);
                    throw new StackOverflowError("died in the middle");
                }),
                "dying");
        assertThatThrownBy(dying::deliver).isInstanceOf(StackOverflowError.class);

        assertThat(callback.deliver()).as("while it is claimed").isZero();
        pass(Duration.ofSeconds(20));
        assertThat(callback.deliver()).isEqualTo(1);
        assertThat(callback.deliver()).isZero();
        assertThat(receiver.received())
                .hasSize(2)
                .extracting(Received::id)
                .containsOnly(receiver.received().get(0).id());
        assertThat(rows("SELECT claimed_by, attempts, state FROM avatar_monitor_delivery WHERE channel = 'callback'"))
                .containsExactly("w1|2|delivered");
    }

    @Test
    void couriersOfTwoWorkersSendEachMessageOnce() throws Exception {
        for (int i = 0; i < 60; i++) {
            append(event(EventType.COMPLETED, new AvatarId(UUID.randomUUID()), "w1"));
        }
        aggregator.gather();
        try (HttpChannel second = channel(HttpChannel.CALLBACK)) {
            DeliveryWorker other = courier(second, "w2");
            CompletableFuture<Integer> beside = Background.supply(other::deliver);
            int here = callback.deliver();
            assertThat(here + beside.get(60, TimeUnit.SECONDS)).isEqualTo(60);
        }
        assertThat(receiver.received()).hasSize(60).extracting(Received::id).doesNotHaveDuplicates();
    }

    @Test
    void remindersDoNotPileUpBehindAnUndeliveredMessage() {
        append(1, EventType.RECONCILE_FAILED);
        aggregator.gather();
        pass(Alerting.CONFIG.gather());
        for (int hour = 0; hour < 5; hour++) {
            aggregator.gather();
            pass(Alerting.CONFIG.reminder());
        }
        assertThat(rows("SELECT count(*) FROM avatar_monitor_delivery WHERE channel = 'webhook'"))
                .containsExactly("1");
        webhook.deliver();
        aggregator.gather();
        webhook.deliver();
        assertThat(receiver.received())
                .extracting(message -> message.text("news"))
                .containsExactly("begun", "reminder");
    }

    private void round() {
        aggregator.gather();
        webhook.deliver();
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private List<String> rows(String query) {
        return Sql.rows(database, query);
    }

    private void append(int count, EventType type) {
        database.inTransaction(connection -> {
            for (int i = 0; i < count; i++) {
                events.append(connection, event(type, null, "w1"));
            }
            return count;
        });
    }

    private void append(Event event) {
        database.inTransaction(connection -> {
            events.append(connection, event);
            return true;
        });
    }

    private Event event(EventType type, @Nullable AvatarId avatar, String worker) {
        JsonObject detail = new JsonObject();
        detail.addProperty("reason", "because");
        if (type == EventType.FAILED) {
            detail.addProperty("error_type", "invalid_archive");
            detail.addProperty("http_code", 422);
            detail.addProperty("retryable", false);
            detail.addProperty("charged", "maybe");
        }
        return new Event(now, avatar, avatar == null ? null : "r-1", worker, type, detail);
    }

    private HttpChannel channel(String name) {
        return new HttpChannel(
                name, receiver.url(), Receiver.SECRET, 1, Alerting.CONFIG.timeout(), Egress.DIRECT, clock);
    }

    private DeliveryWorker courier(Channel channel, String worker) {
        return Alerting.worker(database, channel, clock, worker);
    }

    private static Channel sending(String name, Sent outcome) {
        return new FakeChannel(name, message -> outcome);
    }
}
