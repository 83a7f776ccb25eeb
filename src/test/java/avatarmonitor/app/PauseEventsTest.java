package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.fal.limit.FalPauseListener.Refusal;
import avatarmonitor.hint.PlatformApiTable;
import avatarmonitor.store.StoreException;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.TestEvents;
import avatarmonitor.testing.Types;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Starts and ends of pauses reach the event log in order, including those during a database outage. */
class PauseEventsTest {
    private static final Instant START = Instant.parse("2026-11-23T08:00:00Z");

    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.H2.fresh();

    private Instant now = START;
    private final PauseEvents pauses = new PauseEvents(
            TestEvents.writer(fresh.database(), () -> now, "w"),
            new PlatformApiTable(
                    fresh.database(),
                    AvatarStore.read(fresh.database(), Types.SHIPPED),
                    TestEvents.writer(fresh.database(), InstantSource.system(), "w")),
            endpoint -> List.of("trainings.style.endpoint"),
            endpoint -> false,
            () -> now);

    private void pause() {
        now = now.plusSeconds(1);
        pauses.paused(Refusal.PACE, "too many", now.plusSeconds(30));
    }

    private void resume() {
        now = now.plusSeconds(1);
        pauses.resumed();
    }

    private void databaseGoes() {
        Sql.run(fresh.database(), "ALTER TABLE avatar_event RENAME TO hidden_event");
    }

    private void databaseComes() {
        Sql.run(fresh.database(), "ALTER TABLE hidden_event RENAME TO avatar_event");
    }

    private List<String> types() {
        return Sql.rows(fresh.database(), "SELECT type FROM avatar_event ORDER BY id");
    }

    @Test
    void eachIsWrittenAtOnce() {
        pause();
        assertThat(types()).containsExactly("fal_paused");
        resume();
        assertThat(types()).containsExactly("fal_paused", "fal_resumed");
        pauses.write();
        assertThat(types()).hasSize(2);
    }

    @Test
    void whatCouldNotBeWrittenIsWrittenLaterInOrderAndWithItsTime() {
        pause();
        databaseGoes();
        resume();
        pause();
        assertThatThrownBy(pauses::write).isInstanceOf(StoreException.class);
        databaseComes();
        now = now.plusSeconds(60);

        pauses.write();
        pauses.write();

        assertThat(types()).containsExactly("fal_paused", "fal_resumed", "fal_paused");
        assertThat(Sql.rows(fresh.database(), """
                        SELECT count(*) FROM avatar_event
                        WHERE at = TIMESTAMP WITH TIME ZONE '2026-11-23 08:00:03+00'""")).containsExactly("1");
    }

    @Test
    void nextPauseComesAfterWhatWasNotWrittenBefore() {
        databaseGoes();
        pause();
        databaseComes();
        resume();

        assertThat(types()).containsExactly("fal_paused", "fal_resumed");
    }

    @Test
    void longOutageKeepsTheNewest() {
        databaseGoes();
        for (int episode = 0; episode < PauseEvents.UNWRITTEN_MAX; episode++) {
            pause();
            resume();
        }
        databaseComes();

        pauses.write();

        assertThat(types()).hasSize(PauseEvents.UNWRITTEN_MAX).endsWith("fal_paused", "fal_resumed");
        assertThat(Sql.rows(fresh.database(), """
                        SELECT count(*) FROM avatar_event
                        WHERE at <= TIMESTAMP WITH TIME ZONE '2026-11-23 08:00:16+00'"""))
                .as("those that were dropped")
                .containsExactly("0");
    }
}
