package avatarmonitor.hint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.check.StatusCheck;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.fal.EndedPage;
import avatarmonitor.fal.FalRequestId;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.QuartzRows;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestEvents;
import avatarmonitor.testing.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The list of the platform API only triggers checks; a late, wrong or refused list has no other effect. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class PlatformApiPollTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Avatars avatars;
    private final AvatarStore store;
    private final RecordingMeter meter = new RecordingMeter();
    private final List<AvatarId> checked = new CopyOnWriteArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final Map<String, EndedPage> pages = new HashMap<>();
    private Instant now;
    private final Hints hints;
    private final EarlyChecks checks;
    private final PlatformApiPoll poll;
    private CheckOutcome outcome = CheckOutcome.STILL_TRAINING;

    PlatformApiPollTest(TestDatabase kind) {
        fresh = kind.fresh();
        avatars = new Avatars(fresh.database());
        store = AvatarStore.read(fresh.database(), Types.SHIPPED);
        now = Instant.parse("2026-11-29T12:00:00Z");
        hints = new Hints(fresh.database(), meter, () -> now);
        checks = new EarlyChecks(fresh.database(), store, ended -> {}, this::check, hints, "w", 1);
        poll = poll("w-1", Types.SHIPPED);
        monitored();
    }

    @AfterEach
    void stop() throws InterruptedException {
        checks.stop();
        checks.awaitEnd(SOON);
    }

    private StatusCheck.Result check(AvatarId id) {
        if (outcome == CheckOutcome.COMPLETED) {
            avatars.run("UPDATE avatars SET status = 'COMPLETED' WHERE id = ?", id.value());
        }
        checked.add(id);
        return new StatusCheck.Result(outcome, null, null, false);
    }

    private PlatformApiPoll poll(String worker, TrainingTypes types) {
        return new PlatformApiPoll(this::ended, 50, table(worker), types, checks, hints, () -> now);
    }

    private PlatformApiTable table(String worker) {
        return new PlatformApiTable(
                fresh.database(), store, TestEvents.writer(fresh.database(), InstantSource.system(), worker));
    }

    private EndedPage ended(Collection<String> endpoints, Instant start, @Nullable String cursor) {
        asked.add(endpoints.size() + " from " + start + (cursor == null ? "" : " at " + cursor));
        return pages.getOrDefault(String.valueOf(cursor), new EndedPage.Listed(List.of(), null));
    }

    /** Inserts a trigger, so that an avatar is monitored. */
    private void monitored() {
        avatars.run(QuartzRows.STATUS_CHECK_JOB);
        avatars.run(QuartzRows.trigger(UUID.randomUUID().toString(), "NULL"));
    }

    private static EndedPage.Ended end(String id, String at) {
        return new EndedPage.Ended(new FalRequestId(id), Instant.parse(at));
    }

    private void lists(EndedPage.Ended... ends) {
        pages.put("null", new EndedPage.Listed(Arrays.asList(ends), null));
    }

    private void round() {
        poll.poll();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(SOON)
                .until(checks::isIdle);
        now = now.plusSeconds(10);
    }

    private List<String> events() {
        return avatars.rows("SELECT type FROM avatar_event").stream()
                .map(row -> String.valueOf(row.get("type")))
                .toList();
    }

    @Test
    void listedEndOfATrainingIsCheckedOnceAndOthersAreIgnored() {
        outcome = CheckOutcome.COMPLETED;
        AvatarId id = avatars.training("PORTRAIT", "r-1", now);
        avatars.insert("PORTRAIT", "CANCELLED", "r-2", now);
        lists(
                end("r-1", "2026-11-29T11:59:56Z"),
                end("r-2", "2026-11-29T11:59:00Z"),
                end("another-account", "2026-11-29T11:59:00Z"));
        round();
        assertThat(checked).containsExactly(id);
        assertThat(meter.lags).containsExactly(Duration.ofSeconds(4));
        assertThat(meter.found).containsExactly(HintSource.HISTORY);
        assertThat(asked).containsExactly("2 from 2026-11-29T11:50:00Z");

        lists();
        round();
        assertThat(asked).last().as("two minutes before the latest end").isEqualTo("2 from 2026-11-29T11:57:56Z");
        assertThat(checked).hasSize(1);
    }

    @Test
    void listThatIsAheadOfTheStatusBringsAFewChecksAndIsThenLeftToPolling() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", now);
        lists(end("r-1", "2026-11-29T11:59:56Z"));
        for (int rounds = 0; rounds < 60; rounds++) {
            round();
        }
        assertThat(checked).containsExactly(id, id, id, id, id);
        assertThat(meter.found).isEmpty();
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");
    }

    @Test
    void liesAnHourLongCostNoMoreChecksThanPolling() {
        AvatarId id = avatars.training("PORTRAIT", "r-1", now);
        for (int rounds = 0; rounds < 360; rounds++) {
            lists(end("r-1", now.minusSeconds(1).toString()), end("r-" + rounds, "2099-01-01T00:00:00Z"));
            round();
        }
        assertThat(checked).as("once a minute would be 60").hasSizeBetween(5, 30);
        assertThat(checked).containsOnly(id);
        assertThat(avatars.row(id)).containsEntry("status", "TRAINING");
        assertThat(avatars.count(
                        "SELECT count(*) FROM avatar_monitor_fal_history WHERE watermark < ?",
                        OffsetDateTime.parse("2026-11-29T13:00:01Z")))
                .isEqualTo(1);
    }

    @Test
    void endsComeOutOfOrderDoubledAndLate() {
        AvatarId one = avatars.training("PORTRAIT", "r-1", now);
        AvatarId two = avatars.training("STYLE", "r-2", now);
        AvatarId late = avatars.training("STYLE", "r-3", now);
        outcome = CheckOutcome.COMPLETED;
        lists(
                end("r-1", "2026-11-29T11:58:00Z"),
                end("r-2", "2026-11-29T11:59:00Z"),
                end("r-1", "2026-11-29T11:58:00Z"));
        round();
        assertThat(checked).containsExactly(one, two);
        lists(end("r-2", "2026-11-29T11:59:00Z"), end("r-3", "2026-11-29T11:57:30Z"));
        round();
        assertThat(checked).containsExactly(one, two, late);
        assertThat(asked).last().isEqualTo("2 from 2026-11-29T11:57:00Z");
    }

    @Test
    void refusalTurnsItOffWithOneEventAndIsTriedOnceADay() {
        pages.put("null", new EndedPage.Refused("HTTP 403: no"));
        for (int rounds = 0; rounds < 100; rounds++) {
            round();
        }
        assertThat(asked).hasSize(1);
        now = now.plus(Duration.ofDays(1));
        round();
        round();
        assertThat(asked).as("after a day").hasSize(2);
        assertThat(events()).containsExactly("history_refused");

        lists();
        now = now.plus(Duration.ofDays(1));
        round();
        round();
        assertThat(asked).as("it is on again").hasSize(4);
        pages.put("null", new EndedPage.Refused("HTTP 401: no"));
        round();
        assertThat(events()).containsExactly("history_refused", "history_refused");
    }

    @Test
    void workerThatStartsAnewTriesAtOnceAndWritesNoSecondEvent() {
        pages.put("null", new EndedPage.Refused("HTTP 403: no"));
        round();
        table("w-1").release();
        PlatformApiPoll restarted = poll("w-2", Types.SHIPPED);
        restarted.poll();
        restarted.poll();
        assertThat(asked).hasSize(2);
        assertThat(events()).containsExactly("history_refused");
    }

    @Test
    void missingListIsAskedForTenMinutesBeforeItIsOff() {
        pages.put("null", new EndedPage.Missing("HTTP 404: no such endpoint"));
        round();
        lists();
        round();
        pages.put("null", new EndedPage.Missing("HTTP 404: no such endpoint"));
        for (int rounds = 0; rounds <= 60; rounds++) {
            assertThat(events()).isEmpty();
            round();
        }
        assertThat(events()).containsExactly("history_refused");
        assertThat(asked).hasSize(63);
        round();
        assertThat(asked).hasSize(63);
    }

    @Test
    void pauseThatIsAskedForHoldsForTheWorkerThatTakesOverToo() {
        pages.put("null", new EndedPage.Limited(now.plusSeconds(60)));
        round();
        table("w-1").release();
        PlatformApiPoll other = poll("w-2", Types.SHIPPED);
        for (int rounds = 0; rounds < 5; rounds++) {
            other.poll();
            now = now.plusSeconds(10);
        }
        assertThat(asked).hasSize(1);
        other.poll();
        assertThat(asked).hasSize(2);
        assertThat(events()).isEmpty();
    }

    @Test
    void troubleIsAskedThroughLessAndLessOftenAndKeepsTheWatermark() {
        lists(end("r-9", "2026-11-29T11:59:00Z"));
        round();
        pages.put("null", new EndedPage.Unclear("HTTP 503"));
        for (int rounds = 0; rounds < 60; rounds++) {
            round();
        }
        assertThat(asked).hasSizeBetween(7, 10);
        lists();
        for (int rounds = 0; rounds < 13; rounds++) {
            round();
        }
        assertThat(asked).last().isEqualTo("2 from 2026-11-29T11:57:00Z");
    }

    @Test
    void oneWorkerAsksAndAnotherTakesOverWhenItIsGone() {
        PlatformApiPoll other = poll("w-2", Types.SHIPPED);
        round();
        other.poll();
        assertThat(asked).hasSize(1);
        avatars.run("UPDATE avatar_monitor_fal_history SET held_until = current_timestamp - INTERVAL '1' SECOND");
        other.poll();
        assertThat(asked).hasSize(2);
        round();
        assertThat(asked).as("the first one has lost the lease").hasSize(2);
        avatars.run("UPDATE avatar_monitor_fal_history SET held_until = current_timestamp + INTERVAL '1' HOUR");
        round();
        assertThat(asked).as("no lease is so long").hasSize(3);
    }

    @Test
    void nothingMonitoredMeansNothingAsked() {
        avatars.run("DELETE FROM qrtz_triggers");
        round();
        assertThat(asked).isEmpty();
    }

    @Test
    void pagesAreReadToTheEndButNotForEver() {
        AvatarId id = avatars.training("PORTRAIT", "r-2", now);
        pages.put("null", new EndedPage.Listed(List.of(end("r-1", "2026-11-29T11:59:00Z")), "b"));
        pages.put("b", new EndedPage.Listed(List.of(end("r-2", "2026-11-29T11:58:00Z")), null));
        round();
        assertThat(checked).containsExactly(id);
        assertThat(asked).hasSize(2);
        pages.put("b", new EndedPage.Listed(List.of(), "b"));
        round();
        assertThat(asked).as("ten pages at most").hasSize(12);
    }

    @Test
    void moreThanFiftyEndpointsAreAskedForInSeveralRequests() {
        avatars.run("ALTER TABLE avatars ADD COLUMN IF NOT EXISTS fal_endpoint varchar(200)");
        store.refresh(fresh.database());
        for (int i = 0; i < 60; i++) {
            AvatarId id = avatars.training("PORTRAIT", "r-" + i, now);
            avatars.run(
                    "UPDATE avatars SET fal_endpoint = ? WHERE id = ?",
                    i == 59 ? "not an endpoint" : "maker/model-" + i + "/klein/trainer",
                    id.value());
        }
        avatars.run("INSERT INTO avatar_monitor_endpoint (type_name, endpoint, seen_at)"
                + " VALUES ('VIDEO', 'o/video', current_timestamp), ('VIDEO', 'o/earlier/one', current_timestamp)");
        round();
        assertThat(asked).hasSize(2);
        assertThat(asked.get(0)).startsWith("50 from");
        assertThat(asked.get(1))
                .as("2 configured, 59 of rows, 2 of another worker")
                .startsWith("13 from");
    }

    /** Records the calls of the meter. */
    static final class RecordingMeter implements HintMeter {
        final List<HintSource> found = new CopyOnWriteArrayList<>();
        final List<Duration> lags = new CopyOnWriteArrayList<>();
        final List<Long> misses = new CopyOnWriteArrayList<>();

        @Override
        public void found(HintSource source) {
            found.add(source);
        }

        @Override
        public void missed(long ends) {
            misses.add(ends);
        }

        @Override
        public void listed(Duration lag) {
            lags.add(lag);
        }

        @Override
        public void proven(boolean now) {}
    }
}
