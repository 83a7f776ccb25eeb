package avatarmonitor.alert;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.alert.Alert.DueMessage;
import avatarmonitor.alert.Alert.News;
import avatarmonitor.alert.Alert.Phase;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.event.EventType;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How an alert begins, lasts and ends; pure, without database and waiting. */
class AlertTest {
    private static final Instant START = Instant.parse("2026-11-23T08:00:00Z");
    private static final Duration GATHER = Duration.ofSeconds(10);
    private static final Duration REMINDER = Duration.ofHours(1);

    @Test
    void nothingIsSaidWhileItGathersAndThenOnce() {
        Alert alert = raised(null, AlertKind.GAVE_UP, "w1", START);
        for (int i = 1; i < 1_000; i++) {
            alert = raised(alert, AlertKind.GAVE_UP, "w1", START);
        }
        assertThat(alert.due(START.plusSeconds(9), REMINDER)).isEmpty();
        DueMessage told = alert.due(START.plusSeconds(10), REMINDER).orElseThrow();

        assertThat(told.news()).isEqualTo(News.BEGUN);
        assertThat(told.after().events()).isEqualTo(1_000);
        assertThat(told.after().examples()).hasSize(Alert.EXAMPLES_MAX);
        assertThat(told.after().due(START.plusSeconds(11), REMINDER)).isEmpty();
    }

    @Test
    void whatLastsIsRemindedOfUntilItEnds() {
        Alert lasting = begun(raised(null, AlertKind.FAL_KEY_REFUSED, "w1", START));
        Instant later = START.plusSeconds(10).plus(REMINDER);
        assertThat(lasting.due(later.minusMillis(1), REMINDER)).isEmpty();
        DueMessage reminder = lasting.due(later, REMINDER).orElseThrow();
        assertThat(reminder.news()).isEqualTo(News.REMINDER);
        assertThat(reminder.after().due(later.plus(REMINDER).minusMillis(1), REMINDER))
                .isEmpty();

        Alert ended = reminder.after().ended("w1", later);
        assertThat(ended.due(later.plusSeconds(59), REMINDER)).isEmpty();
        DueMessage over = ended.due(later.plusSeconds(60), REMINDER).orElseThrow();
        assertThat(over.news()).isEqualTo(News.OVER);
        assertThat(over.after().phase()).isEqualTo(Phase.OVER);
        assertThat(over.after().due(later.plus(REMINDER.multipliedBy(9)), REMINDER))
                .isEmpty();
    }

    @Test
    void nextOneAfterTheEndCountsAnew() {
        Alert over = begun(raised(null, AlertKind.WORKER_LOST, "w1", START))
                .due(START.plusSeconds(300), REMINDER)
                .orElseThrow()
                .after();
        Instant again = START.plusSeconds(1_000);
        Alert next = raised(over, AlertKind.WORKER_LOST, "w2", again);

        assertThat(next.phase()).isEqualTo(Phase.GATHERING);
        assertThat(next.events()).isEqualTo(1);
        assertThat(next.beganAt()).isEqualTo(again);
        assertThat(next.due(again.plus(GATHER), REMINDER).map(DueMessage::news)).contains(News.BEGUN);
    }

    @Test
    void itLastsUntilItEndedForEachWorkerThatIsStillThere() {
        Alert both = begun(raised(raised(null, AlertKind.CLOCK_OFF, "w1", START), AlertKind.CLOCK_OFF, "w2", START));
        Instant much = START.plusSeconds(600);
        Alert one = both.ended("w1", START).ended("stranger", START);
        assertThat(one.workers()).containsExactly("w2");
        assertThat(one.due(much, REMINDER)).isEmpty();
        assertThat(one.ended("w2", START).due(much, REMINDER).map(DueMessage::news))
                .contains(News.OVER);
        assertThat(one.withoutGone(Set.of("w2"), START).due(much, REMINDER).map(DueMessage::news))
                .as("nobody would ever say that it ended for a worker that is gone")
                .contains(News.OVER);
        assertThat(one.withoutGone(Set.of("w1"), START)).isEqualTo(one);
    }

    @Test
    void anyWorkersRunEndsThatReconcileFails() {
        Alert failing = begun(raised(null, AlertKind.RECONCILE_FAILING, "w1", START));
        assertThat(failing.withoutGone(Set.of("w1"), START).workers()).containsExactly("w1");
        assertThat(failing.ended("w2", START)
                        .due(START.plusSeconds(11), REMINDER)
                        .map(DueMessage::news))
                .contains(News.OVER);
    }

    @Test
    void whatFluttersIsOneAlert() {
        Alert alert = begun(raised(null, AlertKind.FAL_PAUSED, "w1", START));
        for (int i = 1; i < 20; i++) {
            Instant now = START.plusSeconds(30L * i);
            alert = raised(alert.ended("w1", now), AlertKind.FAL_PAUSED, "w1", now.plusSeconds(15));
            assertThat(alert.due(now.plusSeconds(29), REMINDER)).isEmpty();
        }
    }

    /** A result that is refused repeatedly writes events at most 20 minutes apart. */
    @Test
    void refusedResultsAreNotOverBetweenTwoEvents() {
        Alert alert = begun(raised(null, AlertKind.RESULT_REFUSED, "w1", START));
        assertThat(alert.due(START.plusSeconds(20 * 60), REMINDER)).isEmpty();
        assertThat(alert.due(START.plusSeconds(26 * 60), REMINDER).map(DueMessage::news))
                .contains(News.OVER);
    }

    @ParameterizedTest
    @EnumSource
    void eachKindBeginsAndEnds(AlertKind kind) {
        Alert lasting = begun(raised(null, kind, "w1", START));
        Instant quiet = START.plus(kind.quietPeriod()).plus(GATHER);
        if (kind.lasts()) {
            assertThat(lasting.due(quiet, REMINDER)).as("lasts without an end").isEmpty();
            lasting = lasting.ended("w1", START);
        }
        assertThat(lasting.due(quiet, REMINDER).map(DueMessage::news)).contains(News.OVER);
    }

    /** The outbox must contain exactly the types of events that alerts and callbacks use. */
    @Test
    void exactlyTheDeliveredEventsAreListenedTo() {
        assertThat(Arrays.stream(EventType.values()).filter(EventType::isDelivered))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(EventType.values())
                        // Added by its writer once it continues, not with each event.
                        .filter(type -> type != EventType.WRITE_REFUSED)
                        .filter(type -> type.endsTraining()
                                || !AlertKind.raisedBy(event(type, "w", START)).isEmpty()
                                || !AlertKind.endedBy(event(type, "w", START)).isEmpty())
                        .toList());
    }

    @Test
    void refusedKeyIsNoMerePause() {
        Logged paused = event(EventType.FAL_PAUSED, "w", START);
        assertThat(AlertKind.raisedBy(paused)).containsExactly(AlertKind.FAL_PAUSED);
        paused.detail().addProperty("refused", "key");
        assertThat(AlertKind.raisedBy(paused)).containsExactly(AlertKind.FAL_KEY_REFUSED);
        assertThat(AlertKind.endedBy(event(EventType.FAL_RESUMED, "w", START)))
                .containsExactly(AlertKind.FAL_KEY_REFUSED, AlertKind.FAL_PAUSED, AlertKind.FAL_ACCOUNT_LOCKED);
    }

    @Test
    void lockedAccountIsNoRefusedKey() {
        Logged paused = event(EventType.FAL_PAUSED, "w", START);
        paused.detail().addProperty("refused", "account");
        assertThat(AlertKind.raisedBy(paused)).containsExactly(AlertKind.FAL_ACCOUNT_LOCKED);
        assertThat(AlertKind.FAL_ACCOUNT_LOCKED.title()).isEqualTo("fal has locked the account");
        assertThat(AlertKind.FAL_ACCOUNT_LOCKED.urgent()).isTrue();
    }

    /**
     * fal may answer the status of a training and refuse its result because of the account: polling is not paused then.
     */
    @Test
    void accountLockThatOnlyResultsTellIsAnAlertUntilTheyAreQuiet() {
        Logged refused = event(EventType.RESULT_REFUSED, "w", START);
        assertThat(AlertKind.raisedBy(refused)).containsExactly(AlertKind.RESULT_REFUSED);
        refused.detail().addProperty("account_locked", false);
        assertThat(AlertKind.raisedBy(refused)).containsExactly(AlertKind.RESULT_REFUSED);
        refused.detail().addProperty("account_locked", true);
        assertThat(AlertKind.raisedBy(refused)).containsExactly(AlertKind.RESULT_REFUSED, AlertKind.FAL_ACCOUNT_LOCKED);

        Alert locked = begun(Alert.raised(Optional.empty(), AlertKind.FAL_ACCOUNT_LOCKED, refused, START, GATHER));
        assertThat(locked.workers()).as("no worker will say that it is over").isEmpty();
        assertThat(locked.due(START.plus(Duration.ofMinutes(24)), REMINDER)).isEmpty();
        assertThat(locked.due(START.plus(Duration.ofMinutes(25)), REMINDER).map(DueMessage::news))
                .contains(News.OVER);
    }

    @Test
    void foreignTextStaysOnItsLine() {
        assertThat(EventSummary.clean("a\r\nBcc: x\u0000\u202e <!channel> b", 100))
                .isEqualTo("a Bcc: x (!channel) b");
        assertThat(EventSummary.clean("😀".repeat(300), 200).codePointCount(0, 399))
                .isEqualTo(200);
    }

    private static Alert raised(@Nullable Alert before, AlertKind kind, String worker, Instant now) {
        EventType type = Arrays.stream(EventType.values())
                .filter(candidate ->
                        AlertKind.raisedBy(event(candidate, worker, now)).contains(kind))
                .findFirst()
                // Kinds that the detail of the event distinguishes.
                .orElse(EventType.FAL_PAUSED);
        return Alert.raised(Optional.ofNullable(before), kind, event(type, worker, now), now, GATHER);
    }

    private static Alert begun(Alert alert) {
        return alert.due(alert.dueAt(), REMINDER).orElseThrow().after();
    }

    private static Logged event(EventType type, String worker, Instant at) {
        return new Logged(1, at, null, null, worker, type.column(), new JsonObject());
    }
}
