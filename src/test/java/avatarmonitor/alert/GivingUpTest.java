package avatarmonitor.alert;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.alert.Channel.Sent;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventType;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Undelivered messages are given up at their maximum age, with and without a delivering worker. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
final class GivingUpTest {
    private static final Set<String> CHANNELS = Set.of(LogChannel.NAME, HttpChannel.WEBHOOK, HttpChannel.CALLBACK);
    private static final String STATES = "SELECT state, count(*) FROM avatar_monitor_delivery GROUP BY state";

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;
    private final EventLog events;
    private volatile Instant now = Instant.parse("2026-11-23T08:00:00Z");
    private final InstantSource clock = () -> now;
    private final AlertAggregator aggregator;
    private final DeliveryWorker callback;

    GivingUpTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        events = new EventLog(database.dialect());
        aggregator = new AlertAggregator(database, Alerting.CONFIG, CHANNELS, clock);
        callback = worker(message -> new Sent.Delivered());
    }

    @Test
    void undeliveredMessageIsGivenUpKeptAndLaterDeleted() {
        DeliveryWorker vain = worker(message -> new Sent.Unreachable("no receiver"));
        trainingEnds();
        aggregator.gather();
        vain.deliver();
        pass(Alerting.CONFIG.giveUpAfter().minusMinutes(6));
        vain.deliver();
        assertThat(rows("SELECT state, last_error FROM avatar_monitor_delivery"))
                .containsExactly("waiting|no receiver");
        pass(Duration.ofMinutes(6));
        vain.deliver();
        assertThat(rows("SELECT state, last_error FROM avatar_monitor_delivery"))
                .containsExactly("given_up|no receiver");
        assertThat(callback.deliver()).isZero();

        assertThat(pruned(now)).isZero();
        assertThat(pruned(now.plusSeconds(1))).isEqualTo(1);
    }

    @Test
    void messagesOfARemovedChannelAreGivenUp() {
        trainingEnds();
        append(new Event(now, null, null, "w1", EventType.WORKER_LOST, new JsonObject()));
        aggregator.gather();
        pass(Alerting.CONFIG.gather());
        aggregator.gather();
        pass(Alerting.CONFIG.giveUpAfter().minus(Alerting.CONFIG.gather()).minusSeconds(1));
        AlertAggregator withoutChannels = new AlertAggregator(database, Alerting.CONFIG, Set.of(), clock);
        withoutChannels.gather();
        pass(Duration.ofSeconds(1));
        withoutChannels.gather();
        assertThat(rows(STATES)).as("those who deliver come first").containsExactly("waiting|3");

        pass(AlertAggregator.GIVE_UP_PERIOD);
        withoutChannels.gather();

        assertThat(rows(STATES)).containsExactly("given_up|3");
        assertThat(callback.deliver()).as("switched on again").isZero();
        assertThat(pruned(now.plusSeconds(1))).isEqualTo(3);
    }

    @Test
    void messageThatIsBeingSentIsNotGivenUp() {
        trainingEnds();
        aggregator.gather();
        pass(Alerting.CONFIG.giveUpAfter().plus(AlertAggregator.GIVE_UP_PERIOD));
        DeliveryWorker slow = worker(message -> {
            aggregator.gather();
            return new Sent.Delivered();
        });

        assertThat(slow.deliver()).isEqualTo(1);

        assertThat(rows(STATES)).containsExactly("delivered|1");
    }

    private int pruned(Instant before) {
        return database.inTransaction(
                connection -> new DeliveryQueue(database.dialect()).prune(connection, before, 10));
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private List<String> rows(String query) {
        return Sql.rows(database, query);
    }

    private void trainingEnds() {
        append(new Event(now, new AvatarId(UUID.randomUUID()), "r-1", "w1", EventType.COMPLETED, new JsonObject()));
    }

    private void append(Event event) {
        database.inTransaction(connection -> {
            events.append(connection, event);
            return true;
        });
    }

    private DeliveryWorker worker(Function<Message, Sent> sends) {
        return Alerting.worker(database, new FakeChannel(HttpChannel.CALLBACK, sends), clock, "w1");
    }
}
