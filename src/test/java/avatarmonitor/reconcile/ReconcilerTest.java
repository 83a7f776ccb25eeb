package avatarmonitor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.EventWriter;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.reconcile.Reconciler.Aging;
import avatarmonitor.reconcile.Reconciler.Report;
import avatarmonitor.reconcile.Reconciling.FakeClock;
import avatarmonitor.reconcile.Reconciling.FakeTriggers;
import avatarmonitor.reconcile.ScheduleFault.Kind;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a run counts, deletes and reports. With Quartz's tables: {@code schedule.ReconcileTest}. */
final class ReconcilerTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    private final Database database = fresh.database();
    private final FakeClock clock = new FakeClock(NOW);
    private final EventWriter events = TestEvents.writer(database, clock, "worker");
    private final FakeTriggers triggers = new FakeTriggers();
    private final List<Aging> aging = new ArrayList<>();
    private final List<Boolean> runs = new ArrayList<>();

    private Reconciler reconciler(boolean tellsFailure) {
        return new Reconciler(
                database,
                events,
                aging,
                Reconciling.sweep(database, triggers, clock),
                triggers,
                Reconciling.config(StalledAction.NONE),
                (took, succeeded) -> {
                    assertThat(took).isBetween(Duration.ZERO, Duration.ofMinutes(10));
                    runs.add(succeeded);
                },
                clock,
                tellsFailure);
    }

    private List<String> written() {
        return Sql.rows(database, "SELECT type, worker, CAST(detail AS varchar) FROM avatar_event ORDER BY id").stream()
                .map(row -> row.replace("\\\"", "\""))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0 | 0 | 0 | 0 | nothing to do: every training that can be monitored is monitored",
                "1 | 0 | 0 | 0 | 0 | monitoring started: 1",
                "0 | 0 | 0 | 0 | 7 | old rows deleted: 7",
                "2 | 1 | 3 | 4 | 5 | monitoring started: 2, repaired: 4, newly stalled: 1, newly found invalid: 3, old rows deleted: 5"
            })
    void reportNamesTheCountsThatAreNotZero(
            int watched, int stalled, int invalid, int repaired, int pruned, String words) {
        assertThat(new Report(watched, stalled, invalid, repaired, pruned).words())
                .isEqualTo(words);
    }

    @Test
    void runStartsMonitoringRepairsAndDeletes() {
        AvatarId id = new Avatars(database).training("STYLE", "r-1", NOW);
        new Avatars(database).training("STYLE", "../x", NOW);
        new Avatars(database).training("STYLE", "r-2", Instant.parse("2026-11-22T09:59:59Z"));
        triggers.faults = List.of(
                new ScheduleFault(Kind.PAUSED, "group/avatar", "paused", null),
                new ScheduleFault(Kind.EXPIRED, "avatar/a", "gone", null),
                new ScheduleFault(Kind.MISSING, "job/x", "missing", null));
        aging.add((connection, before, batch) -> 3);

        assertThat(reconciler(true).run()).isEqualTo(new Report(1, 1, 1, 2, 3));

        assertThat(triggers.started).containsExactly(id);
        assertThat(triggers.repaired).containsExactly("group/avatar", "avatar/a", "job/x");
        assertThat(triggers.limits).containsExactly(10_000);
        assertThat(runs).containsExactly(true);
        assertThat(written()).noneMatch(event -> event.startsWith("reconcile"));
        assertThat(Sql.rows(
                        database,
                        "SELECT worker FROM avatar_monitor_reconcile WHERE at ="
                                + " TIMESTAMP WITH TIME ZONE '2026-11-23 10:00:00+00'"))
                .containsExactly("worker");
    }

    @Test
    void rowsOlderThanTheRetentionAreDeletedInBatchesOfAThousand() {
        List<Instant> before = new ArrayList<>();
        List<Integer> left = new ArrayList<>(List.of(1_000, 1_000, 999));
        aging.add((connection, then, batch) -> {
            before.add(then);
            assertThat(batch).isEqualTo(1_000);
            return left.remove(0);
        });
        aging.add((connection, then, batch) -> 1);

        assertThat(reconciler(true).run().pruned()).isEqualTo(3_000);

        assertThat(before).hasSize(3).containsOnly(Instant.parse("2026-10-24T10:00:00Z"));
    }

    @Test
    void oneRunDeletesAtMostAMillionRowsOfAKind() {
        aging.add((connection, then, batch) -> 1_000);
        assertThat(reconciler(true).run().pruned()).isEqualTo(1_000_000);
    }

    @Test
    void failedRepairPreventsNoOtherAndIsThrown() {
        triggers.faults = List.of(
                new ScheduleFault(Kind.PAUSED, "group/avatar", "paused", null),
                new ScheduleFault(Kind.MISSING, "job/x", "missing", null));
        triggers.broken = "group/avatar";
        List<String> repairedBefore = new ArrayList<>();
        aging.add((connection, then, batch) -> {
            repairedBefore.addAll(triggers.repaired);
            return 0;
        });

        assertThatThrownBy(reconciler(true)::run).hasMessage("planted");

        assertThat(triggers.repaired).containsExactly("group/avatar", "job/x");
        assertThat(repairedBefore)
                .as("old rows are deleted all the same, after the repairs")
                .containsExactly("group/avatar", "job/x");
        assertThat(runs).containsExactly(false);
        assertThat(written()).containsExactly("reconcile_failed|worker|{\"error\":\"planted\"}");
        assertThat(Sql.rows(database, "SELECT at FROM avatar_monitor_reconcile WHERE worker = 'worker'"))
                .isEmpty();
    }

    @Test
    void firstSuccessAfterFailuresIsReported() {
        triggers.faults = List.of(new ScheduleFault(Kind.PAUSED, "group/avatar", "paused", null));
        triggers.broken = "group/avatar";
        Reconciler reconciler = reconciler(true);
        assertThatThrownBy(reconciler::run).hasMessage("planted");
        assertThatThrownBy(reconciler::run).hasMessage("planted");
        triggers.broken = "";
        reconciler.run();
        reconciler.run();
        assertThat(written())
                .extracting(row -> row.substring(0, row.indexOf('|')))
                .containsExactly("reconcile_failed", "reconcile_failed", "reconcile_recovered");
        assertThat(runs).containsExactly(false, false, true, true);
    }

    @Test
    void commandReportsItsFailureItself() {
        triggers.faults = List.of(new ScheduleFault(Kind.PAUSED, "group/avatar", "paused", null));
        triggers.broken = "group/avatar";
        assertThatThrownBy(reconciler(false)::run).hasMessage("planted");
        assertThat(written()).isEmpty();
        assertThat(runs).containsExactly(false);
    }

    @Test
    void reasonOfAFailureIsItsMessageOfAtMost500CharactersOrItsClass() {
        RunEvents runEvents = new RunEvents(database, events);
        runEvents.failed(new IllegalStateException("x".repeat(501)), NOW);
        runEvents.failed(new IllegalStateException("y".repeat(500)), NOW);
        runEvents.failed(new IllegalStateException(), NOW);
        assertThat(written())
                .containsExactly(
                        "reconcile_failed|worker|{\"error\":\"" + "x".repeat(500) + "\"}",
                        "reconcile_failed|worker|{\"error\":\"" + "y".repeat(500) + "\"}",
                        "reconcile_failed|worker|{\"error\":\"IllegalStateException\"}");
    }

    /** A run mostly fails because of the database itself. */
    @Test
    void eventThatCannotBeWrittenHidesNoFailure() {
        Sql.run(database, "ALTER TABLE avatar_event ADD CONSTRAINT none CHECK (type = 'x')");
        triggers.faults = List.of(new ScheduleFault(Kind.PAUSED, "group/avatar", "paused", null));
        triggers.broken = "group/avatar";
        assertThatThrownBy(reconciler(true)::run).hasMessage("planted");
    }
}
