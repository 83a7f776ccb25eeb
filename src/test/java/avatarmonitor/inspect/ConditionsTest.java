package avatarmonitor.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.check.decision.RequestDemand;
import avatarmonitor.event.Actor;
import avatarmonitor.pause.PollingPause;
import avatarmonitor.testing.TestFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which condition becomes the headline. */
class ConditionsTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    private final Map<String, Instant> since = new HashMap<>();
    private final Map<String, Long> counts = new HashMap<>(Map.of("training", 14L, "watched", 14L));
    private final List<WorkerFacts> workers = new ArrayList<>();
    private final List<Facts.Fault> faults = new ArrayList<>();
    private long lateMost;
    private LastingEvents lasting = TestFacts.NOTHING_LASTS;
    private List<RequestDemand.Group> overridden = List.of();

    /** A polling worker; each value can be replaced. */
    private static final class Builder {
        private boolean alive = true;
        private Duration behind = Duration.ZERO;
        private @Nullable String refused;
        private @Nullable String reason;
        private long requests = 14;
        private long answered = 14;
        private @Nullable Instant silentSince;

        WorkerFacts build() {
            Instant since = refused == null ? null : NOW.minusSeconds(300);
            return new WorkerFacts(
                    "w1",
                    alive,
                    NOW.minusSeconds(alive ? 1 : 90),
                    behind,
                    refused,
                    since,
                    since == null ? null : NOW.plusSeconds(30),
                    reason,
                    requests,
                    answered,
                    silentSince,
                    answered < requests ? "502" : null,
                    5,
                    Duration.ofSeconds(60));
        }
    }

    private List<Condition> judged() {
        return Conditions.of(new Facts(NOW, counts, lateMost, since, workers, faults, lasting, overridden));
    }

    private String headline() {
        return judged().get(0).line(NOW);
    }

    @Test
    void allIsWell() {
        workers.add(new Builder().build());
        assertThat(headline()).isEqualTo("All 14 trainings are monitored. Nothing is late.");
        counts.putAll(Map.of("training", 1L, "watched", 1L));
        assertThat(headline()).isEqualTo("The one training is monitored. Nothing is late.");
        counts.putAll(Map.of("training", 0L, "watched", 0L));
        assertThat(judged()).hasSize(1);
        assertThat(headline()).isEqualTo("No training runs.");
    }

    @Test
    void refusedKeyIsTheHeadlineThoughEverythingIsMonitored() {
        Builder worker = new Builder();
        worker.refused = "key";
        worker.reason = "fal rejects the API key: HTTP 401: bad key";
        worker.answered = 0;
        workers.add(worker.build());
        counts.put("late", 14L);
        lateMost = 240;
        assertThat(headline())
                .isEqualTo(
                        "Polling stopped: fal rejects the API key: HTTP 401: bad key. Since 2026-11-29T11:55:00Z (5m ago)."
                                + " Set FAL_KEY to a key that fal accepts and restart the workers.");
        assertThat(judged())
                .extracting(condition -> condition.kind().word() + " " + condition.count())
                .containsExactly("key_refused 1", "late 14");

        workers.add(new Builder().build());
        assertThat(headline()).startsWith("Polling stopped on 1 of 2 workers: fal rejects the API key");
    }

    @Test
    void silentFalIsReportedByTheShareOfRequestsThatItAnswered() {
        Builder worker = new Builder();
        worker.requests = 331;
        worker.answered = 0;
        worker.silentSince = NOW.minusSeconds(40);
        workers.add(worker.build());
        counts.put("failing", 331L);
        assertThat(headline())
                .startsWith(
                        "fal does not answer: 0 of 331 requests answered in the last minute (502). Since 2026-11-29T11:59:20Z (40s ago).");

        workers.clear();
        worker.answered = 200;
        workers.add(worker.build());
        assertThat(headline()).startsWith("fal answers unreliably: 200 of 331 requests answered in the last minute.");
    }

    @Test
    void oneRequestWithoutAnAnswerIsNoOutageUntilItLasts() {
        Builder worker = new Builder();
        worker.requests = 1;
        worker.answered = 0;
        worker.silentSince = NOW.minusSeconds(119);
        workers.add(worker.build());
        assertThat(headline()).startsWith("All 14 trainings");
        workers.clear();
        worker.silentSince = NOW.minusSeconds(120);
        workers.add(worker.build());
        assertThat(headline()).startsWith("fal does not answer: 0 of 1 request answered");
    }

    @Test
    void tooManyTrainingsForTheRateLimitAreOneConditionWithTheRateThatTheyNeed() {
        workers.add(new Builder().build());
        counts.putAll(Map.of("training", 5_000L, "watched", 5_000L, "late", 4_700L));
        lateMost = 900;
        assertThat(headline())
                .isEqualTo(
                        "The rate limit is too low for 5,000 trainings: they need 83.3 requests per second, 5 are allowed."
                                + " On average each is checked every 1052 s instead of every 60 s. Raise fal.requests-per-second if fal allows"
                                + " it, or raise monitor.interval to 1053s.");
        counts.putAll(Map.of("training", 300L, "watched", 300L, "late", 0L));
        assertThat(headline()).as("5 a second are just enough").startsWith("All 300 trainings");
    }

    /** Most wait longer than ordinary ones, and the time that all take on average is what monitor.interval needs. */
    @Test
    void timeBetweenChecksIsTheMeanOfAllPriorities() {
        workers.add(new Builder().build());
        counts.putAll(Map.of("training", 450L, "watched", 450L));
        overridden = List.of(new RequestDemand.Group(null, 1, 300));
        assertThat(headline())
                .isEqualTo(
                        "The rate limit is too low for 450 trainings: they need 7.5 requests per second, 5 are allowed."
                                + " On average each is checked every 94 s instead of every 60 s. Raise fal.requests-per-second if fal"
                                + " allows it, or raise monitor.interval to 95s.");
    }

    @Test
    void invalidRowsAreAmberAndUnmonitoredTrainingsAreRed() {
        workers.add(new Builder().build());
        counts.put("invalid", 5L);
        assertThat(judged()).singleElement().satisfies(condition -> {
            assertThat(condition.severity()).isEqualTo(Condition.Severity.WARN);
            assertThat(condition.text()).isEqualTo("5 trainings are invalid: the application must correct their rows.");
        });
        counts.putAll(Map.of("unwatched", 6L, "unmonitored", 1L));
        assertThat(judged())
                .extracting(condition -> condition.severity().word() + " " + condition.text())
                .containsExactly(
                        "bad 1 training is not monitored.",
                        "warn 5 trainings are invalid: the application must correct their rows.");
    }

    @Test
    void newTrainingIsNoFaultBeforeAScanHadItsTurn() {
        workers.add(new Builder().build());
        counts.put("unmonitored", 1L);
        since.put("unmonitored", NOW.minusSeconds(119));
        assertThat(judged()).singleElement().satisfies(condition -> {
            assertThat(condition.severity()).isEqualTo(Condition.Severity.OK);
            assertThat(condition.text())
                    .isEqualTo("14 trainings are monitored, 1 new one is about to be. Nothing is late.");
        });
        since.put("unmonitored", NOW.minusSeconds(120));
        assertThat(headline()).startsWith("1 training is not monitored. Since 2026-11-29T11:58:00Z (2m ago).");
        since.clear();
        assertThat(headline()).as("it is not known since when").startsWith("1 training is not monitored.");
    }

    @Test
    void withoutAWorkerNothingIsCheckedHoweverWellTheRestLooks() {
        assertThat(headline())
                .isEqualTo("No worker is alive: 14 trainings are not checked. Start one: avatar-monitor worker.");
        Builder gone = new Builder();
        gone.alive = false;
        workers.add(gone.build());
        assertThat(headline()).contains("14 trainings are not checked. Since 2026-11-29T11:58:30Z (1m ago).");
        workers.add(new Builder().build());
        assertThat(headline()).startsWith("1 of 2 workers is not alive.");
    }

    /** On H2 the database's clock is the worker's own, so that the two never differ. */
    @Test
    void workerThatSaidThatItsClockIsWrongIsNamedSinceThen() {
        workers.add(new Builder().build());
        Instant since = NOW.minusSeconds(75);
        Map<String, LastingEvents.WrongClock> clocks = Map.of(
                "w1", new LastingEvents.WrongClock(Duration.ofHours(2), since),
                "gone", new LastingEvents.WrongClock(Duration.ofDays(2), NOW));
        lasting = new LastingEvents(null, List.of(), clocks, List.of());
        assertThat(headline())
                .isEqualTo("The clock of w1 is 2h behind the database's: it checks nothing."
                        + " Since 2026-11-29T11:58:45Z (1m ago). Let NTP set the clocks of all machines.");
        lasting = new LastingEvents(
                null, List.of(), Map.of("gone", new LastingEvents.WrongClock(Duration.ofDays(2), NOW)), List.of());
        assertThat(headline()).startsWith("All 14 trainings");
    }

    @Test
    void pauseByAnOperatorSaysWhoWhySinceAndUntilWhen() {
        workers.add(new Builder().build());
        Actor ada = new Actor("ada", "page", "10.0.0.1");
        PollingPause all = new PollingPause(null, NOW.minusSeconds(300), NOW.plusSeconds(1500), "fal maintenance", ada);
        PollingPause style = new PollingPause("STYLE", NOW.minusSeconds(60), null, null, ada);
        lasting = new LastingEvents(null, List.of(), Map.of(), List.of(all, style));
        assertThat(judged())
                .extracting(condition -> condition.severity().word() + " " + condition.line(NOW))
                .containsExactly(
                        "warn Polling is paused by operator ada (page): fal maintenance. It lasts until 2026-11-29T12:25:00Z."
                                + " Since 2026-11-29T11:55:00Z (5m ago). To end it: avatar-monitor resume.",
                        "warn Polling of STYLE trainings is paused by operator ada (page). It lasts until it is resumed."
                                + " Since 2026-11-29T11:59:00Z (1m ago). To end it: avatar-monitor resume --type STYLE.");
    }

    @Test
    void theWorstComesFirst() {
        Builder worker = new Builder();
        worker.behind = Duration.ofHours(-25);
        worker.refused = "pace";
        workers.add(worker.build());
        counts.putAll(Map.of("unmonitored", 2L, "stalled", 1L, "failing", 3L));
        faults.add(new Facts.Fault("gone_worker", 1, "w9", "noted as firing triggers, but not on the list of workers"));
        assertThat(judged())
                .extracting(condition -> condition.kind().word())
                .containsExactly("clock_off", "unmonitored", "schedule_fault", "polling_paused", "failing", "stalled");
        assertThat(headline())
                .startsWith(
                        "The clock of w1 is 1d 1h ahead of the database's: it checks nothing. Let NTP set the clocks of all machines.");
    }

    @Test
    void conditionsOfTrainingsSaySinceWhen() {
        workers.add(new Builder().build());
        counts.putAll(Map.of("unmonitored", 1L, "late", 2L, "failing", 3L, "stalled", 4L, "invalid", 5L));
        counts.put("ends_refused", 6L);
        lateMost = 240;
        List.of("unmonitored", "failing", "stalled", "invalid", "ends_refused")
                .forEach(word -> since.put(word, NOW.minusSeconds(600 + word.length())));
        assertThat(judged())
                .extracting(condition -> condition.kind().word() + " " + condition.since())
                .containsExactly(
                        "ends_refused 2026-11-29T11:49:48Z",
                        "unmonitored 2026-11-29T11:49:49Z",
                        "late 2026-11-29T11:57:00Z",
                        "failing 2026-11-29T11:49:53Z",
                        "stalled 2026-11-29T11:49:53Z",
                        "invalid 2026-11-29T11:49:53Z");
        since.clear();
        lateMost = 0;
        assertThat(judged()).extracting(Condition::since).containsOnlyNulls();
    }
}
