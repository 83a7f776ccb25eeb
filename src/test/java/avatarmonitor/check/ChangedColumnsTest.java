package avatarmonitor.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.fal.answer.FalAnswer;
import avatarmonitor.store.SchemaException;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.testing.Types;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The application changes its table while a worker runs: optional columns are left out, required ones are reported. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class ChangedColumnsTest {
    private final TestDatabase.Fresh fresh;
    private final RefusedEnds ends;

    ChangedColumnsTest(TestDatabase kind) {
        fresh = kind.fresh();
        ends = new RefusedEnds(fresh.database());
    }

    @AfterEach
    void close() {
        fresh.close();
    }

    private void drop(String... columns) {
        for (String column : columns) {
            ends.avatars.run("ALTER TABLE avatars DROP COLUMN " + column);
        }
    }

    @Test
    void optionalColumnsThatDisappearAreLeftOutInTheSameCheck() {
        AvatarId id = ends.watched("r-1");
        drop("name", "training_progress");
        ends.fal.status = new FalAnswer.InProgress(40);
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.STILL_TRAINING);
        assertThat(ends.watch(id)).containsEntry("checks", "1").containsEntry("failures_in_row", "0");
        drop("fal_response_data", "finetune_id", "last_status_check");
        ends.falSays("completed");
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.COMPLETED);
        assertThat(ends.avatars.row(id)).containsEntry("status", "COMPLETED").doesNotContainKey("finetune_id");
        assertThat(ends.avatars.events(id)).isEqualTo("completed");
    }

    @Test
    void groupIsWrittenWithoutTheColumnThatIsGone() {
        Observing observing = new Observing(fresh.database());
        AvatarId one = observing.watched();
        AvatarId other = observing.watched();
        ObservationStore store = observing.store();
        drop("training_progress");
        Observations.Written written = store.write(
                List.of(observing.of(one, Observing.progress(10)), observing.of(other, Observing.progress(10))));
        assertThat(written.written()).containsExactlyInAnyOrder(one, other);
        assertThat(observing.watch(one)).containsEntry("checks", "1");
    }

    @Test
    void manyAreReadWithoutTheColumnThatIsGone() {
        AvatarId id = ends.watched("r-1");
        drop("name");
        assertThat(ends.check.prefetch(List.of(id)).size()).isBetween(0, 1);
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.STILL_TRAINING);
    }

    @Test
    void requiredColumnThatIsLostIsAProblemUntilItIsBack() {
        AvatarId id = ends.watched("r-1");
        AvatarStore store = AvatarStore.read(fresh.database(), Types.SHIPPED);
        assertThat(store.problem()).isEmpty();
        ends.avatars.run("ALTER TABLE avatars RENAME COLUMN training_type TO kind");
        assertThatThrownBy(() -> ends.next(id)).isInstanceOf(SchemaException.class);
        assertThatThrownBy(() -> store.refresh(fresh.database())).isInstanceOf(SchemaException.class);
        assertThat(store.problem().orElseThrow())
                .contains("column training_type")
                .contains("is missing");
        ends.avatars.run("ALTER TABLE avatars RENAME COLUMN kind TO training_type");
        store.refresh(fresh.database());
        assertThat(store.problem()).isEmpty();
        ends.falSays("completed");
        assertThat(ends.next(id)).isEqualTo(CheckOutcome.COMPLETED);
    }
}
