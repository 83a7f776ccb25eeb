package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.app.BulkActions.Result;
import avatarmonitor.app.BulkActions.Stop;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.event.Actor;
import avatarmonitor.event.BulkAction;
import avatarmonitor.inspect.AvatarFilter;
import avatarmonitor.inspect.AvatarList;
import avatarmonitor.inspect.AvatarSelection;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.ManyTrainings;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.web.Actions;
import avatarmonitor.web.Actions.Bulk;
import avatarmonitor.web.Actions.BulkDone;
import avatarmonitor.web.UnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Actions on many avatars: bounded batches, one event for each avatar, stopped between two batches. */
final class BulkActionsTest {
    private static final Actor ADA = new Actor("ada", "cli", "here");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    private Path directory = Path.of(".");

    @AutoClose
    private final FalEmulator fal = FalEmulator.start(EmulatorConfig.local());

    private final List<Result> told = new ArrayList<>();

    private Monitor open(TestDatabase.Fresh fresh, int requestsPerSecond) {
        return LocalSettings.monitor(
                fresh, directory, fal, "AVATAR_MONITOR_FAL_REQUESTS_PER_SECOND", String.valueOf(requestsPerSecond));
    }

    private static AvatarSelection all(AvatarList list) {
        return new AvatarSelection(list, new AvatarFilter("", "", ""));
    }

    /** Stops at the question with this number; never waits, and keeps how long it should have waited. */
    private static final class StopAt implements Stop {
        private final int number;
        private int asked;
        private final List<Duration> waits = new ArrayList<>();

        StopAt(int number) {
            this.number = number;
        }

        @Override
        public boolean within(Duration wait) {
            if (!wait.isZero()) {
                waits.add(wait);
            }
            return ++asked >= number;
        }
    }

    private static long count(TestDatabase.Fresh fresh, String from) {
        return Long.parseLong(
                Sql.rows(fresh.database(), "SELECT count(*) FROM " + from).get(0));
    }

    @Test
    void monitorOfFiveThousandAvatarsIsStoppedBetweenBatchesAndContinued() throws InterruptedException {
        try (TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh();
                Monitor monitor = open(fresh, 5)) {
            Sql.run(
                    fresh.database(),
                    "INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)"
                            + " SELECT gen_random_uuid(), 'Ada', 'STYLE', 'TRAINING', 'r-' || n, now() - INTERVAL '1' MINUTE"
                            + " FROM generate_series(1, 5000) n");
            long begun = System.nanoTime();
            BulkActions bulk = monitor.operator().bulk();
            AvatarSelection unmonitored = all(AvatarList.UNMONITORED);
            assertThat(unmonitored.count(fresh.database(), monitor.avatars().schema(), null, MINUTE))
                    .isEqualTo(5000);

            Optional<AvatarId> next =
                    bulk.run(BulkAction.MONITOR, unmonitored, null, ADA, new StopAt(4), MINUTE, told::add);
            assertThat(next).as("where to continue").contains(told.get(149).avatar());
            assertThat(told).hasSize(150).allMatch(Result::done);
            assertThat(count(fresh, "qrtz_triggers WHERE trigger_group = 'avatar'"))
                    .isEqualTo(150);
            assertThat(count(fresh, "avatar_event WHERE type = 'operator_action'"))
                    .isEqualTo(150);
            assertThat(unmonitored.count(fresh.database(), monitor.avatars().schema(), null, MINUTE))
                    .isEqualTo(4850);
            assertThat(
                            count(
                                    fresh,
                                    "qrtz_triggers WHERE trigger_group = 'avatar' AND next_fire_time <= extract(epoch FROM now()) * 1000"))
                    .as("due at once: 10 s of fal.requests-per-second, the others are spread over the interval")
                    .isLessThanOrEqualTo(60
                            + (int) Duration.ofNanos(System.nanoTime() - begun).toSeconds() * 7);

            assertThat(bulk.run(
                            BulkAction.MONITOR,
                            unmonitored,
                            next.orElseThrow(),
                            ADA,
                            new StopAt(10_000),
                            MINUTE,
                            told::add))
                    .isEmpty();
            assertThat(told).hasSize(5000);
            assertThat(new HashSet<>(told)).as("each once").hasSize(5000);
            assertThat(count(fresh, "avatar_event WHERE type = 'operator_action'"))
                    .isEqualTo(5000);
            assertThat(Sql.rows(
                            fresh.database(),
                            "SELECT DISTINCT detail ->> 'action', detail ->> 'outcome', detail ->> 'actor'"
                                    + " FROM avatar_event WHERE type = 'operator_action'"))
                    .containsExactly("monitor|monitored|ada");
            assertThat(count(fresh, "avatar_monitor_action")).as("intents").isZero();
        }
    }

    @Test
    void checkOfFiveThousandAvatarsBecomesDueNoFasterThanTheRateLimitAllows() throws InterruptedException {
        try (TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh()) {
            ManyTrainings.insert(fresh.database(), 1, 5000);
            Sql.run(fresh.database(), "UPDATE avatar_monitoring SET failures_in_row = 3");
            String due =
                    "qrtz_triggers WHERE trigger_group = 'avatar' AND next_fire_time <= extract(epoch FROM now()) * 1000";
            try (Monitor monitor = open(fresh, 40)) {
                BulkActions bulk = monitor.operator().bulk();
                // No worker fires: after the first second only the operators' part is added, 2 of 40.
                StopAt fifth = new StopAt(10);
                Optional<AvatarId> next =
                        bulk.run(BulkAction.CHECK, all(AvatarList.FAILING), null, ADA, fifth, MINUTE, told::add);
                assertThat(told).hasSize(48).allMatch(result -> result.outcome().equals("due"));
                assertThat(next).contains(ManyTrainings.id(48));
                assertThat(count(fresh, due)).isEqualTo(48);
                assertThat(count(fresh, "avatar_event WHERE type = 'operator_action'"))
                        .isEqualTo(48);
                assertThat(fifth.waits).hasSize(5).allMatch(wait -> wait.toMillis() > 0 && wait.toMillis() <= 1000);

                Sql.run(
                        fresh.database(),
                        "UPDATE qrtz_triggers SET next_fire_time = (extract(epoch FROM now()) * 1000)::bigint + 30000");
                bulk.run(
                        BulkAction.CHECK,
                        all(AvatarList.FAILING),
                        next.orElseThrow(),
                        ADA,
                        new StopAt(2),
                        MINUTE,
                        told::add);
                assertThat(told).as("the workers have caught up").hasSize(88);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "5, 0, 5",
        "5, 4, 1",
        "5, 5, 1",
        "5, 500, 1",
        "40, 0, 40",
        "40, 39, 2",
        "40, 40, 2",
        "1, 0, 1",
        "1, 1, 1",
        "1000, 0, 50",
        "1000, 999, 50"
    })
    void batchOfChecks(int requestsPerSecond, int waiting, int expected) {
        assertThat(BulkActions.batch(requestsPerSecond, waiting)).isEqualTo(expected);
    }

    private AvatarId failing(TestDatabase.Fresh fresh, Monitor monitor) {
        fal.register("fal-ai/flux-lora-portrait-trainer", "r-1", Scenario.standard());
        AvatarId id = new Avatars(fresh.database())
                .training("PORTRAIT", "r-1", Instant.now().minusSeconds(300));
        assertThat(monitor.operator().monitor(id, Overrides.Change.NOTHING, ADA))
                .isInstanceOf(Monitored.Started.class);
        Sql.run(
                fresh.database(),
                "UPDATE avatar_monitoring SET failures_in_row = 5, last_checked_at = current_timestamp - INTERVAL '5' SECOND",
                "UPDATE qrtz_triggers SET next_fire_time = next_fire_time + 60000 WHERE trigger_group = 'avatar'");
        return id;
    }

    @ParameterizedTest
    @EnumSource(TestDatabase.class)
    void checkInABackoffIsMadeAtItsNextFireAndOnlyOnce(TestDatabase database) throws InterruptedException {
        try (TestDatabase.Fresh fresh = database.fresh();
                Monitor monitor = open(fresh, 5)) {
            AvatarId id = failing(fresh, monitor);
            assertThat(monitor.check().check(id, false)).as("in its backoff").isEqualTo(CheckOutcome.PASSED);

            bulk(monitor, BulkAction.CHECK, AvatarList.FAILING);
            assertThat(told).containsExactly(new Result(id, true, "due", null));
            assertThat(Sql.rows(
                            fresh.database(),
                            "SELECT CASE WHEN next_fire_time <= EXTRACT(EPOCH FROM current_timestamp) * 1000 + 1 THEN 'due' END"
                                    + " FROM qrtz_triggers WHERE trigger_group = 'avatar'"))
                    .containsExactly("due");
            // As the worker that fires it, which reads the state of the whole batch.
            assertThat(monitor.check()
                            .run(
                                    id,
                                    false,
                                    monitor.check().prefetch(List.of(id)).get(id))
                            .outcome())
                    .isEqualTo(CheckOutcome.STILL_TRAINING);

            Sql.run(fresh.database(), "UPDATE avatar_monitoring SET failures_in_row = 5");
            assertThat(monitor.check().check(id, false)).as("asked for once").isEqualTo(CheckOutcome.PASSED);
        }
    }

    @Test
    void callOfTheApiActsOnAtMostTwoHundredAvatarsAndSaysHowManyAreLeft() {
        try (TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_15.fresh();
                Monitor monitor = open(fresh, 5)) {
            Sql.run(
                    fresh.database(),
                    "INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)"
                            + " SELECT gen_random_uuid(), 'Ada', 'STYLE', 'TRAINING', 'r-' || n, now() - INTERVAL '1' MINUTE"
                            + " FROM generate_series(1, 450) n");
            Actions actions = new HttpActions(
                    monitor.operator(), monitor.avatars().types(), fresh.database(), monitor.avatars()::schema);
            AvatarSelection where = all(AvatarList.UNMONITORED);
            BulkDone dry = actions.bulk(new Bulk(BulkAction.MONITOR, where, List.of(), null, true), ADA)
                    .orElseThrow();
            assertThat(dry.matched()).isEqualTo(450);
            assertThat(dry.rows()).hasSize(10);
            AvatarId last =
                    AvatarId.parse("ffffffff-ffff-ffff-ffff-ffffffffffff").orElseThrow();
            assertThat(actions.bulk(new Bulk(BulkAction.MONITOR, where, List.of(), last, true), ADA))
                    .as("nothing is behind the last id")
                    .contains(new BulkDone(0, 0, 0, 0, null, Map.of(), List.of()));
            assertThat(count(fresh, "avatar_event")).isZero();

            List<Long> left = new ArrayList<>();
            AvatarId next = null;
            do {
                BulkDone done = actions.bulk(new Bulk(BulkAction.MONITOR, where, List.of(), next, false), ADA)
                        .orElseThrow();
                assertThat(done.outcomes()).containsOnlyKeys("monitored");
                left.add(done.left());
                next = done.next();
            } while (next != null);
            assertThat(left).containsExactly(250L, 50L, 0L);
            assertThat(count(fresh, "avatar_event WHERE type = 'operator_action'"))
                    .isEqualTo(450);

            // 5 checks a second, and no worker that makes them: 5, then 1 each second, for at most 5 s.
            BulkDone check = actions.bulk(
                            new Bulk(BulkAction.CHECK, all(AvatarList.WATCHED), List.of(), null, false), ADA)
                    .orElseThrow();
            assertThat(check.done()).isBetween(1, 9);
            assertThat(check.left()).isEqualTo(450 - check.done());
        }
    }

    @Test
    void callThatTheDatabaseCutsOffReturnsWhatIsDone() {
        try (TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_15.fresh();
                Monitor monitor = open(fresh, 5)) {
            Sql.run(
                    fresh.database(),
                    "INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)"
                            + " SELECT CAST(lpad(CAST(n AS text), 32, '0') AS uuid), 'Ada', 'STYLE', 'TRAINING', 'r-' || n,"
                            + " now() - INTERVAL '1' MINUTE FROM generate_series(1, 100) n");
            Sql.run(fresh.database(), """
                    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                        $$ BEGIN RAISE EXCEPTION 'cancelled' USING ERRCODE = '57014'; END $$;
                    CREATE TRIGGER refuse BEFORE INSERT ON avatar_event FOR EACH ROW
                        WHEN (NEW.avatar_id = '00000000-0000-0000-0000-000000000060') EXECUTE FUNCTION refuse()""");
            Actions actions = new HttpActions(
                    monitor.operator(), monitor.avatars().types(), fresh.database(), monitor.avatars()::schema);
            AvatarSelection where = all(AvatarList.UNMONITORED);
            BulkDone done = actions.bulk(new Bulk(BulkAction.MONITOR, where, List.of(), null, false), ADA)
                    .orElseThrow();
            assertThat(done.done()).isEqualTo(50);
            assertThat(done.left()).isEqualTo(50);
            assertThat(done.next()).hasToString("00000000-0000-0000-0000-000000000050");
            Bulk rest = new Bulk(BulkAction.MONITOR, where, List.of(), done.next(), false);
            assertThatThrownBy(() -> actions.bulk(rest, ADA))
                    .as("nothing is done, and finding the avatars was not slow")
                    .isInstanceOf(UnavailableException.class);
        }
    }

    private void bulk(Monitor monitor, BulkAction kind, AvatarList list) throws InterruptedException {
        told.clear();
        assertThat(monitor.operator().bulk().run(kind, all(list), null, ADA, new StopAt(1000), MINUTE, told::add))
                .isEmpty();
    }

    @Test
    void avatarWithoutATriggerIsCheckedAtOnceUnlessPollingIsPaused() throws InterruptedException {
        try (TestDatabase.Fresh fresh = TestDatabase.H2.fresh();
                Monitor monitor = open(fresh, 5)) {
            AvatarId id = failing(fresh, monitor);
            bulk(monitor, BulkAction.UNMONITOR, AvatarList.WATCHED);
            assertThat(told).containsExactly(new Result(id, true, "unmonitored", null));

            monitor.operator().pause("portrait", "maintenance", null, ADA);
            bulk(monitor, BulkAction.CHECK, AvatarList.UNMONITORED);
            assertThat(told)
                    .containsExactly(new Result(
                            id,
                            false,
                            "paused",
                            "Polling of PORTRAIT trainings is paused by operator ada (cli): maintenance"));
            monitor.operator().resume(null, ADA);
            bulk(monitor, BulkAction.CHECK, AvatarList.UNMONITORED);
            assertThat(told).containsExactly(new Result(id, true, "still_training", null));

            bulk(monitor, BulkAction.CANCEL, AvatarList.UNMONITORED);
            assertThat(told).containsExactly(new Result(id, true, "cancel_requested", null));
            assertThat(Sql.rows(
                            fresh.database(),
                            "SELECT avatar_id FROM avatar_event WHERE type = 'operator_action'"
                                    + " AND avatar_id IS NOT NULL"))
                    .as("monitor, unmonitor, check twice, cancel")
                    .hasSize(5)
                    .containsOnly(id.toString());
        }
    }
}
