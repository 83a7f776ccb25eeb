package avatarmonitor.demo;

import avatarmonitor.emulator.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One avatar of the demo: what the application writes, what happens at fal, and how it must end.
 *
 * @param type {@code training_type} in the application's letter case
 * @param status {@code status} in the application's letter case
 * @param age how long ago the training was started
 * @param trainings the first one, and those of later retrains
 */
record Role(UUID id, String name, String type, String status, Duration age, List<Training> trainings, Ending expected) {

    /**
     * A training at fal.
     *
     * @param endpoint fal application that trains
     * @param scenario what happens to it; null when fal never had such a request
     */
    record Training(
            String endpoint, String requestId, @Nullable Scenario scenario) {}

    /**
     * How an avatar must end.
     *
     * @param status in the letter case that the application uses
     * @param model all of it, and nothing else
     * @param error what {@code training_error} must contain; null when there must be none
     * @param event the one event that must tell of it; null when the worker must not have decided anything
     * @param words the same for people
     */
    record Ending(
            String status,
            Model model,
            @Nullable String error,
            @Nullable String event,
            String words) {}

    Training first() {
        return trainings.get(0);
    }

    Training last() {
        return trainings.get(trainings.size() - 1);
    }

    /** Whether fal may be asked about it. */
    boolean watchable() {
        return first().scenario() != null;
    }
}
