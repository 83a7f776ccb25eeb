package avatarmonitor.app;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.event.Actor;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Directories;
import avatarmonitor.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** All parts of a worker that is not running, on a database of its own, with an emulator of fal. */
final class MonitorFixture implements AutoCloseable {
    static final String PORTRAIT = "fal-ai/flux-lora-portrait-trainer";
    static final Actor ADA = new Actor("ada", "cli", "here");

    private final Path directory = Directories.temporary();
    private final TestDatabase.Fresh fresh;
    final FalEmulator fal = FalEmulator.start(EmulatorConfig.local());
    final Database database;
    final Avatars avatars;
    private final String[] variables;
    Monitor monitor;

    /**
     * @param variables names and values of environment variables in turn
     */
    MonitorFixture(TestDatabase kind, String... variables) {
        fresh = kind.fresh();
        database = fresh.database();
        avatars = new Avatars(database);
        this.variables = variables.clone();
        monitor = open();
    }

    private Monitor open() {
        return LocalSettings.monitor(fresh, directory, fal, variables);
    }

    /** Replaces the monitor by one of a process that starts now. */
    void restart() {
        monitor.close();
        monitor = open();
    }

    /** Inserts a training that began this long ago, with a request that takes this course at fal. */
    AvatarId training(String request, Duration age, Scenario scenario) {
        fal.register(PORTRAIT, request, scenario);
        return avatars.training("PORTRAIT", request, Instant.now().minus(age));
    }

    @Override
    public void close() {
        monitor.close();
        fresh.close();
        fal.close();
        Directories.delete(directory);
    }
}
