package avatarmonitor.demo;

import avatarmonitor.emulator.scenario.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One avatar of the demo: what the application writes, what happens at fal, and its expected end.
 *
 * @param type {@code training_type} in the application's letter case
 * @param status {@code status} in the application's letter case
 * @param age time since the start of the training
 * @param trainings the first training, followed by retrainings
 */
record DemoAvatar(
        UUID id, String name, String type, String status, Duration age, List<Training> trainings, Ending expected) {

    /**
     * A training at fal.
     *
     * @param endpoint fal application that trains
     * @param scenario course of the training; null when fal never had such a request
     */
    record Training(
            String endpoint, String requestId, @Nullable Scenario scenario) {}

    /**
     * Expected end of an avatar.
     *
     * @param status in the letter case that the application uses
     * @param model expected content of all model columns
     * @param error text that {@code training_error} must contain; null when it must be empty
     * @param event type of an event that must exist; null when the worker must not have ended the training
     * @param words description for display
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

    /** Returns whether requests to fal about this avatar are allowed. */
    boolean eligible() {
        return first().scenario() != null;
    }
}
