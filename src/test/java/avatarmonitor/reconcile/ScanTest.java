package avatarmonitor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.MonitoringStore;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventType;
import avatarmonitor.event.EventWriter;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.reconcile.Reconciling.FakeClock;
import avatarmonitor.reconcile.Reconciling.FakeTriggers;
import avatarmonitor.reconcile.Scanner.Report;
import avatarmonitor.reconcile.ScheduleFault.Kind;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestEvents;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a scan repairs, and when it raises an alarm instead. With Quartz's tables: {@code schedule.ScannerTest}. */
final class ScanTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Instant HOUR_BEFORE = Instant.parse("2026-11-23T09:00:00Z");
    private static final Duration MICROSECOND = Duration.ofNanos(1_000);
    private static final ScheduleFault GROUP = new ScheduleFault(Kind.PAUSED, "group/avatar", "paused", null);

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    private final Database database = fresh.database();
    private final Avatars avatars = new Avatars(database);
    private final FakeClock clock = new FakeClock(NOW);
    private final EventWriter events = TestEvents.writer(database, clock, "worker");
    private final FakeTriggers triggers = new FakeTriggers();
    private final Scanner scanner = new Scanner(
            database,
            events,
            Reconciling.sweep(database, triggers, clock),
            triggers,
            Reconciling.config(StalledAction.NONE),
            clock);

    private void event(EventType type, @Nullable AvatarId avatar, @Nullable String subject, Instant at) {
        JsonObject detail = new JsonObject();
        if (subject != null) {
            detail.addProperty("subject", subject);
        }
        events.write(new Event(at, avatar, avatar == null ? null : "r-1", "other", type, detail));
    }

    private List<String> alarms() {
        return Sql.rows(
                        database,
                        "SELECT fal_request_id, CAST(detail AS varchar) FROM avatar_event WHERE type = 'repair_runaway'"
                                + " AND worker = 'worker'")
                .stream()
                .map(row -> row.replace("\\\"", "\""))
                .toList();
    }

    private AvatarId watched() {
        AvatarId id = avatars.training("STYLE", "r-1", NOW.minusSeconds(60));
        database.inTransaction(connection -> MonitoringStore.begin(connection, id, "r-1", NOW, NOW.plusSeconds(3_600)));
        return id;
    }

    private static ScheduleFault expired(AvatarId id) {
        return new ScheduleFault(Kind.EXPIRED, "avatar/" + id, "its window has ended", id);
    }

    @Test
    void brokenTriggersAreReplacedTogetherAndOverdueOnesOnlyRepaired() {
        AvatarId broken = avatars.insert("STYLE", "TRAINING", "r-1", NOW);
        AvatarId late = avatars.insert("STYLE", "COMPLETED", "r-2", NOW);
        triggers.faults =
                List.of(expired(broken), new ScheduleFault(Kind.OVERDUE, "avatar/" + late, "overdue", late), GROUP);

        // One start for the broken trigger; the fake leaves the avatar without a trigger, so the sweep starts it again.
        assertThat(scanner.run()).isEqualTo(new Report(2, 3, 0));

        assertThat(triggers.started).containsExactly(broken, broken);
        assertThat(triggers.repaired).containsExactly("avatar/" + broken, "avatar/" + late, "group/avatar");
        assertThat(triggers.limits).containsExactly(1_000);
    }

    @Test
    void overdueTriggerIsNotReplaced() {
        AvatarId id = watched();
        Sql.run(database, "UPDATE avatar_monitoring SET outcome = 'stopped'");
        triggers.faults = List.of(new ScheduleFault(Kind.OVERDUE, "avatar/" + id, "overdue", id));
        assertThat(scanner.run()).isEqualTo(new Report(0, 1, 0));
        assertThat(triggers.started).isEmpty();
    }

    /** A repair counts for an hour. */
    @ParameterizedTest
    @CsvSource({"2, 0, true", "3, 0, false", "3, 1, true"})
    void faultThatWasRepairedThreeTimesWithinAnHourIsAnAlarm(int repairs, int earlier, boolean repaired) {
        for (int i = 0; i < repairs; i++) {
            event(EventType.REPAIRED, null, "group/avatar", i < earlier ? HOUR_BEFORE : HOUR_BEFORE.plus(MICROSECOND));
        }
        event(EventType.REPAIRED, null, "group/other", NOW);
        event(EventType.REPAIRED, null, null, NOW);
        triggers.faults = List.of(GROUP);

        assertThat(scanner.run()).isEqualTo(repaired ? new Report(0, 1, 0) : new Report(0, 0, 1));

        assertThat(triggers.repaired).isEqualTo(repaired ? List.of("group/avatar") : List.of());
        if (!repaired) {
            assertThat(alarms())
                    .containsExactly("|{\"kind\":\"paused\",\"subject\":\"group/avatar\",\"problem\":\"paused\"}");
            assertThat(scanner.run()).as("the alarm is raised once").isEqualTo(new Report(0, 0, 0));
        }
    }

    @Test
    void windowThatEndedIsNoLostTriggerAlthoughTheTriggerWasRepairedThreeTimes() {
        AvatarId id = watched();
        for (int i = 0; i < 3; i++) {
            event(EventType.REPAIRED, id, "avatar/" + id, HOUR_BEFORE.plus(MICROSECOND));
        }
        Sql.run(database, "UPDATE avatar_monitoring SET outcome = 'window_expired'");

        assertThat(scanner.run()).isEqualTo(new Report(0, 0, 0));
        assertThat(alarms()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"2, true", "3, false"})
    void triggerThatWasRepairedThreeTimesIsAnAlarmAboutItsRequest(int repairs, boolean repaired) {
        AvatarId id = watched();
        for (int i = 0; i < repairs; i++) {
            event(EventType.REPAIRED, id, "avatar/" + id, HOUR_BEFORE.plus(MICROSECOND));
        }
        triggers.faults = List.of(expired(id));

        Report report = scanner.run();

        if (repaired) {
            assertThat(report).isEqualTo(new Report(2, 1, 0));
            assertThat(alarms()).isEmpty();
        } else {
            assertThat(report).isEqualTo(new Report(0, 0, 1));
            assertThat(triggers.started).isEmpty();
            assertThat(alarms()).singleElement().asString().startsWith("r-1|{\"kind\":\"expired\"");
            assertThat(scanner.run()).isEqualTo(new Report(0, 0, 0));
        }
    }

    @Test
    void triggerThatIsLostAgainAndAgainIsAnAlarmToo() {
        AvatarId id = watched();
        for (int i = 0; i < 3; i++) {
            event(EventType.REPAIRED, id, "avatar/" + id, NOW);
        }
        AvatarId other = avatars.training("STYLE", "r-2", NOW);

        assertThat(scanner.run()).isEqualTo(new Report(1, 0, 1));

        assertThat(triggers.started).containsExactly(other);
        assertThat(alarms())
                .containsExactly("r-1|{\"kind\":\"lost\",\"subject\":\"avatar/" + id
                        + "\",\"problem\":\"its trigger is gone\"}");
    }

    @Test
    void alarmOfMoreThanAnHourAgoIsRaisedAgain() {
        for (int i = 0; i < 3; i++) {
            event(EventType.REPAIRED, null, "group/avatar", NOW);
        }
        event(EventType.REPAIR_RUNAWAY, null, "group/avatar", HOUR_BEFORE);
        triggers.faults = List.of(GROUP);
        assertThat(scanner.run().alarms()).isEqualTo(1);
    }

    @Test
    void failedRepairIsThrownAfterTheAlarms() {
        for (int i = 0; i < 3; i++) {
            event(EventType.REPAIRED, null, "group/avatar", NOW);
        }
        triggers.broken = "job/x";
        triggers.faults = List.of(new ScheduleFault(Kind.MISSING, "job/x", "missing", null), GROUP);
        assertThatThrownBy(scanner::run).hasMessage("planted");
        assertThat(alarms()).hasSize(1);
    }

    @Test
    void lostTriggersAreListedAndAllThatMayBeMonitored() {
        AvatarId lost = watched();
        AvatarId fresh = avatars.training("STYLE", "r-2", NOW);
        assertThat(Scanner.lost(database, 1_000)).containsExactly(ScheduleFault.lost(lost));
        assertThat(Scanner.unmonitored(database, 1_000)).containsExactlyInAnyOrder(lost, fresh);
        assertThat(Scanner.unmonitored(database, 1)).hasSize(1);
    }

    @Test
    void workerWithAWrongClockTakesNoTurn() {
        Sql.run(database, "UPDATE avatar_monitor_scan SET at = current_timestamp - INTERVAL '1' HOUR");
        clock.trouble = Optional.of("jumped");
        assertThat(scanner.runInTurn()).isEmpty();
        clock.trouble = Optional.empty();
        assertThat(scanner.runInTurn()).as("the turn is still free").contains(new Report(0, 0, 0));
        assertThat(scanner.runInTurn()).isEmpty();
    }

    /** By the database's clock. A time further ahead than 10 s was written by a wrong clock. */
    @ParameterizedTest
    @CsvSource({"-50, false, false", "-61, true, false", "8, false, false", "3600, true, true"})
    void turnComesOnceAMinute(int lastSecondsFromNow, boolean taken, boolean repaired) {
        Sql.run(
                database,
                "UPDATE avatar_monitor_scan SET at = current_timestamp + (" + lastSecondsFromNow
                        + ") * INTERVAL '1' SECOND");
        ScanLease lease = new ScanLease(database, events, Duration.ofMinutes(1));

        assertThat(lease.take()).isEqualTo(taken);

        assertThat(Sql.rows(database, "SELECT worker, CAST(detail AS varchar) FROM avatar_event").stream()
                        .map(row -> row.replace("\\\"", "\"")))
                .isEqualTo(
                        repaired
                                ? List.of("worker|{\"kind\":\"future\",\"subject\":\"avatar_monitor_scan\","
                                        + "\"problem\":\"a time lies in the future and cannot be there\"}")
                                : List.of());
        assertThat(lease.take()).as("of the next minute").isFalse();
    }
}
