package avatarmonitor.cli;

import avatarmonitor.app.Monitor;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.config.SettingsLoader;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Directories;
import avatarmonitor.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A database with an application's avatars, and the program as its operator runs it: in real time, like the database,
 * and in an empty directory.
 */
final class CommandFixture implements AutoCloseable {
    private final TestDatabase.Fresh fresh;
    private final Map<String, String> variables = new HashMap<>();
    final Path directory = Directories.temporary();
    final Avatars avatars;

    CommandFixture(TestDatabase database) {
        this.fresh = database.fresh();
        this.avatars = new Avatars(fresh.database());
    }

    /** Creates a fixture with an empty H2 file, this local fal queue and the key {@code id:right}. */
    static CommandFixture against(FalEmulator fal) {
        return new CommandFixture(TestDatabase.H2)
                .variable("AVATAR_MONITOR_FAL_BASE_URL", fal.baseUri().toString())
                .variable("FAL_KEY", "id:right");
    }

    CommandFixture variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    TestDatabase.Fresh fresh() {
        return fresh;
    }

    Program program() {
        Program program = new Program(directory).realTime().on(fresh.config());
        variables.forEach(program::variable);
        return program;
    }

    /** A finished command with its output. */
    record Ran(int exit, String out, String err) {}

    Ran run(String... arguments) {
        Program program = program();
        int exit = program.run(arguments);
        return new Ran(exit, program.out(), program.err());
    }

    static Instant now() {
        return InstantSource.system().instant();
    }

    AvatarId training(String requestId) {
        return avatars.insert("PORTRAIT", "TRAINING", requestId, now().minusSeconds(300));
    }

    /** A worker that has just checked in. */
    void alive(String worker) {
        avatars.run(
                "INSERT INTO qrtz_scheduler_state VALUES ('avatar-monitor', ?, ?, 5000)", worker, now().toEpochMilli());
    }

    /** Opens all parts of a worker that is not running, as a second process would. */
    Monitor monitor() {
        Map<String, String> environment = new HashMap<>(variables);
        environment.put("AVATAR_MONITOR_DB_URL", fresh.config().url());
        environment.put("AVATAR_MONITOR_DB_USER", fresh.config().user());
        environment.put("AVATAR_MONITOR_DB_PASSWORD", fresh.config().password());
        return Monitor.open(
                new SettingsLoader(environment, directory, "other").load(Optional.empty()), InstantSource.system());
    }

    @Override
    public void close() {
        fresh.close();
        Directories.delete(directory);
    }
}
