package avatarmonitor.cli.doctor;

import avatarmonitor.avatar.TrainingType;
import avatarmonitor.avatar.TrainingTypeRegistry;
import avatarmonitor.avatar.TrainingTypeRegistry.Configured;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.config.Settings;
import avatarmonitor.inspect.WorkerFacts;
import avatarmonitor.store.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Compares the training types of this configuration with those of the workers that are alive. */
final class TypesDoctor {
    private static final String ADVICE =
            "give all workers and commands the same trainings.*, and restart the workers that have other ones";

    private TypesDoctor() {}

    /** Reports each difference as a finding, or that there is none; nothing while no worker is alive. */
    static void examine(Database database, Settings settings, InstantSource clock, Findings findings) {
        if (WorkerFacts.alive(database) > 0) {
            TrainingTypes types = settings.trainings();
            Duration maxAge = settings.monitor().maxAge();
            compare(types, new TrainingTypeRegistry(database, types, maxAge, clock).configured(), findings);
        }
    }

    private static void compare(TrainingTypes types, List<Configured> reported, Findings findings) {
        if (reported.isEmpty()) {
            return;
        }
        List<String> differences = new ArrayList<>();
        List<String> missing = new ArrayList<>(types.upperNames());
        for (Configured worker : reported) {
            missing.remove(worker.name());
            types.find(worker.name())
                    .ifPresentOrElse(
                            own -> compare(own, worker, differences),
                            () -> differences.add("a worker has the training type " + worker.name()
                                    + ", which is not in this configuration"));
        }
        missing.stream()
                .sorted()
                .map(name -> "no worker has the training type " + name + ", which is in this configuration")
                .forEach(differences::add);
        if (differences.isEmpty()) {
            findings.ok("types", "workers have the training types of this configuration: " + types.words());
        }
        differences.forEach(difference -> findings.warn("types", difference, ADVICE));
    }

    private static void compare(TrainingType own, Configured worker, List<String> differences) {
        worker.endpoints().stream()
                .filter(endpoint -> !endpoint.equals(own.endpoint()))
                .map(endpoint ->
                        own.endpointKey() + " is " + own.endpoint() + " here, but " + endpoint + " at a worker")
                .forEach(differences::add);
    }
}
