package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.store.StoreException;
import avatarmonitor.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Check results that a trigger of the application refuses, on PostgreSQL, where the trigger sets its own SQLState. */
final class RefusedObservationTest {
    @AutoClose
    private final TestDatabase.Fresh fresh = TestDatabase.POSTGRESQL_18.fresh();

    private final Observing observing = new Observing(fresh.database());
    private final Observation one = observing.of(observing.watched(), Observing.progress(10));
    private final Observation other = observing.of(observing.watched(), Observing.progress(10));

    private Observations.Written write() {
        return observing.store().write(List.of(one, other));
    }

    private void refuse(String state, String when) {
        observing.avatars.run("""
                CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN IF %s THEN RAISE EXCEPTION 'no' USING ERRCODE = '%s'; END IF; RETURN NEW; END $$""".formatted(when, state));
        observing.avatars.run("CREATE TRIGGER refuse BEFORE UPDATE ON avatars FOR EACH ROW EXECUTE FUNCTION refuse()");
    }

    @ParameterizedTest
    @ValueSource(strings = {"P0001", "45000", "U0001", "0A000", "XX000"})
    void othersAreWritten(String state) {
        refuse(state, "NEW.id = '" + one.id() + "'");
        assertThat(write().written()).containsExactlyInAnyOrder(one.id(), other.id());
        assertThat(observing.avatars.row(one.id())).containsEntry("training_progress", null);
        assertThat(observing.avatars.row(other.id())).containsEntry("training_progress", "10");
        assertThat(observing.watch(one.id())).containsEntry("failures_in_row", "1");
        assertThat(String.valueOf(observing.watch(one.id()).get("last_error"))).contains("SQLState " + state);
        assertThat(observing.watch(other.id()))
                .containsEntry("failures_in_row", "0")
                .containsEntry("last_error", null);
    }

    @Test
    void whatTakesTooLongTogetherIsWrittenOneByOne() {
        refuse("57014", "current_query() LIKE '%unnest%'");
        assertThat(write().written()).containsExactlyInAnyOrder(one.id(), other.id());
    }

    @ParameterizedTest
    @ValueSource(strings = {"25006", "53100", "55P03", "57014", "58030"})
    void databaseInTroubleRefusesNothing(String state) {
        refuse(state, "true");
        assertThatThrownBy(this::write).isInstanceOf(StoreException.class);
    }
}
