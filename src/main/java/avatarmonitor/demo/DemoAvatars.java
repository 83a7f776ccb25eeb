package avatarmonitor.demo;

import avatarmonitor.demo.DemoAvatar.Ending;
import avatarmonitor.demo.DemoAvatar.Training;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The avatars of the demo: one for each way in which a training can go. The times allow for a slow machine: the demo
 * changes a training only before its end, even when the worker takes ten seconds to start.
 */
final class DemoAvatars {
    static final String PORTRAIT_ENDPOINT = "fal-ai/flux-lora-portrait-trainer";
    static final String STYLE_ENDPOINT = "fal-ai/flux-lora-fast-training";

    /** Name of the avatar that the user cancels during its training. */
    static final String CANCELLED_BY_USER = "Hugo";

    /** Name of the avatar that the user retrains during its training. */
    static final String RETRAINED = "Mona";

    /** Time by which every training that ends has ended and any wrong late write has happened. */
    static final Duration AFTERMATH_OVER = Duration.ofSeconds(25);

    /** Maximum age of a training. No training that ends reaches it; the stalled one reaches it soon. */
    static final Duration MAX_AGE = Duration.ofMinutes(3);

    private static final Duration AGE_OF_STALLED = MAX_AGE.minusSeconds(18);

    private DemoAvatars() {}

    static List<DemoAvatar> all() {
        return List.of(
                succeeds("Ada", "PORTRAIT", "TRAINING", "COMPLETED", course(2, 13)),
                succeeds("Ben", "style", "training", "completed", course(1, 5)),
                succeeds("Cleo", "Portrait", "Training", "Completed", course(4, 17)),
                succeeds("Dana", "STYLE", "TRAINING", "COMPLETED", backToTheQueue()),
                ends(
                        "Emil",
                        "PORTRAIT",
                        "TRAINING",
                        course(1, 4).withOutcome(Outcome.validationError("invalid_archive", "The archive is broken")),
                        failed("ERROR", "invalid_archive")),
                ends(
                        "Finn",
                        "style",
                        "training",
                        course(1, 12).withOutcome(Outcome.platformError("internal_error", "The training crashed")),
                        failed("error", "internal_error")),
                ends(
                        "Gita",
                        "portrait",
                        "TRAINING",
                        course(2, 12).withOutcome(Outcome.cancelled()),
                        new Ending("CANCELLED", Model.NONE, null, "cancelled", "CANCELLED at fal")),
                cancelledByUser(),
                ends(
                        "Ines",
                        "PORTRAIT",
                        "training",
                        course(0, 5).withOutcome(Outcome.lost()),
                        failed("error", "no longer has the result")),
                ends(
                        "Juri",
                        "Style",
                        "TRAINING",
                        course(1, 4).withStatusKept(Duration.ZERO),
                        failed("ERROR", "not found at fal")),
                stalled(),
                ends(
                        "Liam",
                        "style",
                        "Training",
                        course(1, 15).withOutcome(Outcome.noModel()),
                        failed("Error", "no usable model")),
                trainedAgain(),
                invalid());
    }

    private static DemoAvatar succeeds(String name, String type, String status, String end, Scenario scenario) {
        String requestId = requestId();
        Training training = new Training(endpoint(type), requestId, scenario);
        return role(name, type, status, List.of(training), completed(end, Model.of(requestId)));
    }

    private static DemoAvatar ends(String name, String type, String status, Scenario scenario, Ending ending) {
        return role(name, type, status, List.of(new Training(endpoint(type), requestId(), scenario)), ending);
    }

    /** fal's training goes on and ends with a model, which must not be stored. */
    private static DemoAvatar cancelledByUser() {
        Training training = new Training(PORTRAIT_ENDPOINT, requestId(), course(2, 20));
        return role(
                CANCELLED_BY_USER,
                "PORTRAIT",
                "training",
                List.of(training),
                new Ending("cancelled", Model.NONE, null, null, "CANCELLED by the user"));
    }

    private static DemoAvatar stalled() {
        Training training = new Training(PORTRAIT_ENDPOINT, requestId(), Scenario.stalled(Course.Stall.IN_PROGRESS));
        return new DemoAvatar(
                UUID.randomUUID(),
                "Kira",
                "PORTRAIT",
                "TRAINING",
                AGE_OF_STALLED,
                List.of(training),
                new Ending("TRAINING", Model.NONE, null, "stalled", "TRAINING, called stalled"));
    }

    /** The first training also ends with a model, which must not be stored. */
    private static DemoAvatar trainedAgain() {
        String before = requestId();
        String after = requestId();
        Model model = Model.of(after);
        return role(
                RETRAINED,
                "STYLE",
                "TRAINING",
                List.of(
                        new Training(STYLE_ENDPOINT, before, course(3, 20)),
                        new Training(STYLE_ENDPOINT, after, course(1, 6))),
                new Ending("COMPLETED", model, null, "completed", "COMPLETED, model of the new request"));
    }

    private static DemoAvatar invalid() {
        return role(
                "Nils",
                "PORTRAIT",
                "TRAINING",
                List.of(new Training(PORTRAIT_ENDPOINT, "../../x", null)),
                new Ending("TRAINING", Model.NONE, null, "invalid", "TRAINING, fal never asked"));
    }

    private static DemoAvatar role(String name, String type, String status, List<Training> trainings, Ending ending) {
        return new DemoAvatar(UUID.randomUUID(), name, type, status, Duration.ZERO, trainings, ending);
    }

    private static Ending completed(String status, Model model) {
        return new Ending(status, model, null, "completed", "COMPLETED, " + model.words());
    }

    private static Ending failed(String status, @Nullable String error) {
        return new Ending(status, Model.NONE, error, "failed", "ERROR: " + error);
    }

    private static Scenario course(int queueSeconds, int runSeconds) {
        return Scenario.standard()
                .withQueue(Duration.ofSeconds(queueSeconds), queueSeconds)
                .withRun(Duration.ofSeconds(runSeconds));
    }

    /** Runs for half of its time, returns to the queue because its runner is lost, then runs again. */
    private static Scenario backToTheQueue() {
        return course(1, 10).withRequeue(Duration.ofSeconds(4));
    }

    private static String endpoint(String type) {
        return type.equalsIgnoreCase("STYLE") ? STYLE_ENDPOINT : PORTRAIT_ENDPOINT;
    }

    private static String requestId() {
        return UUID.randomUUID().toString();
    }
}
