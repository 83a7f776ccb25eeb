package avatarmonitor.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class MissingWorkersTest {
    private static final Instant SINCE = Instant.parse("2026-11-23T10:00:00Z");

    private final MissingWorkers absences = new MissingWorkers();

    private Set<String> gone(long millis, String... living) {
        return absences.gone(Set.of("w1", "w2"), Set.of(living), SINCE.plusMillis(millis));
    }

    @Test
    void workerThatIsMissingForThirtySecondsIsGone() {
        assertThat(gone(0, "w2")).isEmpty();
        assertThat(gone(29_999, "w2")).isEmpty();
        assertThat(gone(30_000, "w2")).containsExactly("w1");
    }

    @Test
    void workerThatComesBackIsMissingAnewAfterwards() {
        assertThat(gone(0, "w2")).isEmpty();
        assertThat(gone(20_000, "w1", "w2")).isEmpty();
        assertThat(gone(30_000, "w2")).isEmpty();
        assertThat(gone(60_000, "w2")).containsExactly("w1");
    }
}
