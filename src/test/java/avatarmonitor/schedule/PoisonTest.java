package avatarmonitor.schedule;

import static avatarmonitor.schedule.Triggers.NOTHING_MORE;
import static avatarmonitor.schedule.Triggers.SHARED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import avatarmonitor.schedule.quartz.Inside;
import avatarmonitor.schedule.quartz.MisfirePolicy;
import avatarmonitor.schedule.quartz.QuartzNode;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.quartz.JobBuilder;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.calendar.BaseCalendar;

/** Unreadable due triggers come first in the queue, and block no other. */
@Execution(ExecutionMode.CONCURRENT)
final class PoisonTest {
    private static final int POISONED = 25;

    private static final Duration BEFORE_THEY_ARE_OVERDUE = MisfirePolicy.MISFIRE_THRESHOLD.minusSeconds(5);

    private static final List<String> POISONS = List.of(
            "DELETE FROM qrtz_simple_triggers",
            "UPDATE qrtz_simple_triggers SET repeat_count = 3000000000",
            "UPDATE qrtz_simple_triggers SET times_triggered = 3000000000");

    static Stream<Arguments> poisoned() {
        return Stream.of(TestDatabase.values())
                .flatMap(kind -> POISONS.stream().map(poison -> arguments(kind, poison)));
    }

    @ParameterizedTest
    @MethodSource("poisoned")
    void unreadableDueTriggersStarveNoOther(TestDatabase kind, String poison) throws Exception {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database database = fresh.database();
            Set<String> fired = ConcurrentHashMap.newKeySet();
            QuartzNode node = Triggers.node(
                    database,
                    "a",
                    (bundle, scheduler) ->
                            context -> fired.add(context.getTrigger().getKey().getName()));
            Instant due = Instant.now();
            Triggers.store(node, Triggers.many(POISONED, due), SHARED, NOTHING_MORE);
            Triggers.change(database, poison);
            Triggers.store(node, List.of(Triggers.everyMinute("healthy", due.plusSeconds(1))), SHARED, NOTHING_MORE);

            node.start();

            await().atMost(BEFORE_THEY_ARE_OVERDUE).until(() -> fired.equals(Set.of("healthy")));
            assertThat(Triggers.count(database, "qrtz_triggers", "trigger_state = 'ERROR'"))
                    .isEqualTo(POISONED);
            node.stop(Duration.ofSeconds(5));
        }
    }

    /** A class that shows whether it was deserialized. */
    static final class Payload implements Serializable {
        private static final long serialVersionUID = 1L;

        static final AtomicInteger RUNS = new AtomicInteger();

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            RUNS.incrementAndGet();
        }
    }

    private static byte[] serialized(Object object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }

    private static void set(Database database, String update, byte[] value) {
        database.inTransaction(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(update)) {
                statement.setBytes(1, value);
                return statement.executeUpdate();
            }
        });
    }

    private static Trigger ordinary(String name, Consumer<TriggerBuilder<Trigger>> more) {
        TriggerBuilder<Trigger> trigger = TriggerBuilder.newTrigger()
                .withIdentity(name, "other")
                .forJob("work", "other")
                .startAt(Date.from(Instant.now()));
        more.accept(trigger);
        return trigger.withSchedule(SimpleScheduleBuilder.repeatMinutelyForever())
                .build();
    }

    /** Inserts rows of both kinds of triggers with forbidden content, each of another kind, before healthy ones. */
    @ParameterizedTest
    @EnumSource(TestDatabase.class)
    void nothingInARowIsDeserializedAndNoWorkerStops(TestDatabase kind) throws Exception {
        int before = Payload.RUNS.get();
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            Database database = fresh.database();
            Set<String> fired = ConcurrentHashMap.newKeySet();
            QuartzNode node = Triggers.node(
                    database,
                    "a",
                    (bundle, scheduler) ->
                            context -> fired.add(context.getTrigger().getKey().getName()));
            node.scheduler()
                    .addJob(
                            JobBuilder.newJob(Triggers.Nothing.class)
                                    .withIdentity("work", "other")
                                    .storeDurably()
                                    .build(),
                            true);
            node.scheduler().addCalendar("poison", new BaseCalendar(), true, true);
            node.scheduler().addCalendar("all", new BaseCalendar(), true, true);
            node.scheduler().scheduleJob(ordinary("calendar", trigger -> trigger.modifiedByCalendar("poison")));
            node.scheduler().scheduleJob(ordinary("gone", trigger -> trigger.modifiedByCalendar("all")));
            node.scheduler().scheduleJob(ordinary("object", trigger -> trigger.usingJobData("a", "b")));
            node.scheduler().scheduleJob(ordinary("text", trigger -> trigger.usingJobData("a", "b")));
            node.scheduler().scheduleJob(ordinary("blob", trigger -> {}));
            node.scheduler().scheduleJob(ordinary("fine", trigger -> trigger.usingJobData("a", "b")));
            Instant due = Instant.now();
            Triggers.store(
                    node,
                    List.of(Triggers.everyMinute("ours", due), Triggers.everyMinute("healthy", due)),
                    SHARED,
                    NOTHING_MORE);
            byte[] payload = serialized(new Payload());
            set(database, "UPDATE qrtz_calendars SET calendar = ? WHERE calendar_name = 'poison'", payload);
            Triggers.change(database, "DELETE FROM qrtz_calendars WHERE calendar_name = 'all'");
            set(database, "UPDATE qrtz_triggers SET job_data = ? WHERE trigger_name IN ('object', 'ours')", payload);
            set(
                    database,
                    "UPDATE qrtz_triggers SET job_data = ? WHERE trigger_name = 'text'",
                    "a=\\uzzzz".getBytes(StandardCharsets.UTF_8));
            set(database, "UPDATE qrtz_job_details SET job_data = ? WHERE job_group = 'avatar'", payload);
            Triggers.change(database, "UPDATE qrtz_triggers SET trigger_type = 'BLOB' WHERE trigger_name = 'blob'");
            set(
                    database,
                    "INSERT INTO qrtz_blob_triggers (sched_name, trigger_name, trigger_group, blob_data)"
                            + " VALUES ('avatar-monitor', 'blob', 'other', ?)",
                    payload);

            node.start();

            await().atMost(BEFORE_THEY_ARE_OVERDUE).until(() -> fired.equals(Set.of("ours", "healthy", "fine")));
            await().atMost(BEFORE_THEY_ARE_OVERDUE)
                    .until(() -> Triggers.count(database, "qrtz_triggers", "trigger_state = 'ERROR'") == 5);
            assertThat(Triggers.count(database, "qrtz_triggers", "trigger_group = 'other' AND trigger_state = 'ERROR'"))
                    .isEqualTo(5);
            assertThat(Payload.RUNS.get()).isEqualTo(before);
            node.stop(Duration.ofSeconds(5));
        }
    }

    /** A calendar whose deserialization would hang: each level doubles the work. */
    @Test
    void calendarOfNestedSetsHangsNoWorker() throws Exception {
        HashSet<Object> root = new HashSet<>();
        HashSet<Object> one = root;
        HashSet<Object> two = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            HashSet<Object> left = new HashSet<>();
            HashSet<Object> right = new HashSet<>(Set.of("odd"));
            one.addAll(List.of(left, right));
            two.addAll(List.of(left, right));
            one = left;
            two = right;
        }

        byte[] bomb = serialized(root);

        assertThatThrownBy(() -> Inside.readCalendar(bomb)).isInstanceOf(IOException.class);
    }
}
