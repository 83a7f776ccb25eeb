package avatarmonitor.pause;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.event.Actor;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventWriter;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Pauses of polling in the database, with two workers. */
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"H2", "POSTGRESQL_18"})
final class PollingPausesTest {
    private static final Actor ADA = new Actor("ada", "cli", "host-1");
    private static final Actor BOB = new Actor("bob", "page", "10.0.0.1");

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;
    private final PollingPauses one;
    private final PollingPauses two;

    PollingPausesTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        EventLog events = new EventLog(database.dialect());
        // A clock that is wrong: only the database's counts.
        InstantSource wrong = InstantSource.fixed(Instant.parse("2001-01-01T00:00:00Z"));
        one = new PollingPauses(database, new EventWriter(database, events, wrong, "w1"));
        two = new PollingPauses(database, new EventWriter(database, events, wrong, "w2"));
    }

    private List<String> events() {
        return Sql.rows(database, "SELECT type FROM avatar_event ORDER BY id");
    }

    private JsonObject lastDetail() {
        String detail = Sql.rows(database, "SELECT CAST(detail AS varchar) FROM avatar_event ORDER BY id DESC LIMIT 1")
                .get(0);
        return JsonParser.parseString(detail).getAsJsonObject();
    }

    @Test
    void pauseOfAllHoldsEveryTypeOnEveryWorkerUntilItIsResumed() {
        one.pause(ADA, null, "fal maintenance", null);

        two.expireAndRefresh();
        assertThat(two.isAllPaused()).isTrue();
        assertThat(two.of("portrait")).get().satisfies(pause -> {
            assertThat(pause.words()).isEqualTo("Polling is paused by operator ada (cli): fal maintenance");
            assertThat(pause.untilWords()).isEqualTo("until it is resumed");
        });
        assertThat(events()).containsExactly("polling_paused_by_operator");
        assertThat(lastDetail().keySet()).containsExactlyInAnyOrder("reason", "since", "actor", "channel", "address");

        assertThat(two.resume(BOB, null)).hasSize(1);
        one.expireAndRefresh();
        assertThat(one.of("portrait")).isEmpty();
        assertThat(events()).containsExactly("polling_paused_by_operator", "polling_resumed_by_operator");
        assertThat(lastDetail().get("actor").getAsString()).isEqualTo("bob");
        assertThat(lastDetail().get("ended_by").getAsString()).isEqualTo("operator");
        assertThat(two.resume(BOB, null)).as("nothing is paused").isEmpty();
        assertThat(events()).hasSize(2);
    }

    @Test
    void pauseOfATypeHoldsOnlyItsTrainingsInAnyLetterCase() {
        one.pause(ADA, "style", null, null);
        two.expireAndRefresh();
        assertThat(two.of("Style")).isPresent();
        assertThat(two.of("portrait")).isEmpty();
        assertThat(two.of(null)).as("a row without a type").isEmpty();
        assertThat(two.isAllPaused()).isFalse();

        one.pause(ADA, null, null, null);
        assertThat(one.resume(ADA, "STYLE")).hasSize(1);
        assertThat(one.of("style")).as("by the pause of all").isPresent();
        assertThat(one.resume(ADA, "portrait")).isEmpty();
        assertThat(one.resume(ADA, null)).hasSize(1);
        assertThat(one.all()).isEmpty();
    }

    @Test
    void pauseEndsByItselfByTheClockOfTheDatabaseAndOneWorkerSaysSo() {
        PollingPause pause = one.pause(ADA, "style", "a while", Duration.ofHours(1));
        assertThat(Duration.between(pause.since(), pause.until())).isEqualTo(Duration.ofHours(1));
        two.expireAndRefresh();
        assertThat(two.of("style")).isPresent();

        Sql.run(database, "UPDATE avatar_monitor_pause SET ends_at = current_timestamp - INTERVAL '1' SECOND");
        one.expireAndRefresh();
        two.expireAndRefresh();
        one.expireAndRefresh();
        assertThat(one.of("style")).isEmpty();
        assertThat(two.of("style")).isEmpty();
        assertThat(events()).containsExactly("polling_paused_by_operator", "polling_resumed_by_operator");
        assertThat(lastDetail().get("ended_by").getAsString()).isEqualTo("time");
        assertThat(lastDetail().get("reason").getAsString()).isEqualTo("a while");
        assertThat(lastDetail().get("actor").getAsString()).isEqualTo("ada");
        assertThat(lastDetail().has("until")).isTrue();
    }

    @Test
    void pausingAgainChangesReasonActorAndEndAndKeepsTheBeginning() {
        PollingPause first = one.pause(ADA, null, "first", Duration.ofMinutes(5));
        PollingPause second = two.pause(BOB, null, null, null);
        assertThat(second).isEqualTo(new PollingPause(null, first.since(), null, null, BOB));
        assertThat(one.resume(ADA, null)).containsExactly(second);

        PollingPause third = one.pause(ADA, null, null, null);
        assertThat(third.since()).isAfter(first.since());
    }
}
