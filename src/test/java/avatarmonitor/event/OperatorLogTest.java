package avatarmonitor.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.OperatorLog.Outcome;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Every action of an operator has an event, even after a crash at any point. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class OperatorLogTest {
    private static final Actor ADA = new Actor("Ada – \ud83d\ude00", "api", "192.0.2.1");
    private static final AvatarId AVATAR = new AvatarId(UUID.fromString("0198a1b2-0000-7000-8000-000000000001"));

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;
    private final OperatorLog actions;
    private Instant now = Instant.parse("2026-11-23T08:00:00Z");

    OperatorLogTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        actions = new OperatorLog(database, new EventLog(database.dialect()), () -> now, "w-1");
    }

    private List<String> events() {
        return Sql.rows(database, "SELECT worker, CAST(detail AS varchar) FROM avatar_event ORDER BY id");
    }

    private List<String> begun() {
        return Sql.rows(database, "SELECT process, avatar_id FROM avatar_monitor_action");
    }

    /** Simulates a killed process, which runs neither the code after the action nor its error handling. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    @Test
    void actionWhoseProcessDiesIsReportedByAWorker() {
        assertThatThrownBy(() ->
                        actions.did(ADA, "monitor", AVATAR, OperatorLogTest::die, result -> new Outcome("done", null)))
                .isInstanceOf(Killed.class);
        assertThat(begun()).containsExactly("w-1|" + AVATAR);
        assertThat(events()).isEmpty();
        now = now.plus(Duration.ofMinutes(10));
        assertThat(actions.recordAbandoned()).as("it may still be at work").isZero();
        now = now.plusSeconds(1);

        OperatorLog other = new OperatorLog(database, new EventLog(database.dialect()), () -> now, "w-2");
        assertThat(other.recordAbandoned()).isEqualTo(1);
        assertThat(other.recordAbandoned()).isZero();

        assertThat(events())
                .singleElement()
                .asString()
                .startsWith("w-1|")
                .contains("\"action\":\"monitor\",\"outcome\":\"unknown\"", "Ada", "\"channel\":\"api\"", "192.0.2.1");
        assertThat(Sql.rows(
                                database,
                                "SELECT type, avatar_id, at = TIMESTAMP WITH TIME ZONE '2026-11-23 08:00:00+00' FROM avatar_event")
                        .get(0)
                        .toLowerCase(Locale.ROOT))
                .as("at the time of the action")
                .matches("operator_action\\|" + AVATAR + "\\|t(rue)?");
        assertThat(begun()).isEmpty();
    }

    private static String die() {
        throw new Killed();
    }

    @Test
    void doneAndFailedActionsLeaveOneEventAndNoIntent() {
        assertThat(actions.<String>did(
                        ADA,
                        "check",
                        null,
                        () -> {
                            assertThat(begun()).as("written before").hasSize(1);
                            return "x";
                        },
                        result -> new Outcome("done", "because")))
                .isEqualTo("x");
        assertThatThrownBy(() -> actions.<String>did(
                        ADA,
                        "check",
                        null,
                        () -> {
                            throw new IllegalStateException("no way");
                        },
                        result -> new Outcome("done", null)))
                .hasMessage("no way");

        assertThat(events())
                .satisfiesExactly(
                        done -> assertThat(done).contains("\"outcome\":\"done\",\"reason\":\"because\",\"actor\":"),
                        failed -> assertThat(failed).contains("\"outcome\":\"failed\",\"reason\":\"no way\""));
        assertThat(begun()).isEmpty();
        now = now.plus(Duration.ofDays(1));
        assertThat(actions.recordAbandoned()).isZero();
    }

    @Test
    void actionThatOutlastsTheWaitIsReportedWithItsOutcomeToo() {
        assertThat(actions.<Integer>did(
                        ADA,
                        "reconcile",
                        null,
                        () -> {
                            now = now.plus(Duration.ofMinutes(11));
                            return actions.recordAbandoned();
                        },
                        told -> new Outcome("done", null)))
                .isEqualTo(1);
        assertThat(events())
                .satisfiesExactly(
                        unknown -> assertThat(unknown).contains("\"unknown\""),
                        done -> assertThat(done).contains("\"done\""));
    }

    @Test
    void whatCannotBeWrittenDownIsNotDone() {
        Sql.run(database, "DROP TABLE avatar_monitor_action");
        AtomicInteger done = new AtomicInteger();

        assertThatThrownBy(() ->
                        actions.did(ADA, "monitor", AVATAR, done::incrementAndGet, result -> new Outcome("done", null)))
                .isInstanceOf(StoreException.class);
        assertThat(done.get()).isZero();
    }
}
