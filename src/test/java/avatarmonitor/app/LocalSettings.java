package avatarmonitor.app;

import avatarmonitor.config.Settings;
import avatarmonitor.config.SettingsLoader;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.testing.TestDatabase;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings of a worker or command on the database of a test, read as from environment variables. */
final class LocalSettings {
    private LocalSettings() {}

    /**
     * Loads the settings.
     *
     * @param directory home of relative paths
     * @param variables names and values in turn, beside those of the database and a key
     */
    static Settings load(TestDatabase.Fresh fresh, Path directory, String... variables) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "AVATAR_MONITOR_DB_URL", fresh.config().url(),
                "AVATAR_MONITOR_DB_USER", fresh.config().user(),
                "AVATAR_MONITOR_DB_PASSWORD", fresh.config().password(),
                "FAL_KEY", "id:secret"));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return new SettingsLoader(environment, directory, "w").load(Optional.empty());
    }

    /**
     * Opens a monitor that asks an emulator.
     *
     * @param variables as for {@link #load}
     */
    static Monitor monitor(TestDatabase.Fresh fresh, Path directory, FalEmulator fal, String... variables) {
        List<String> all = new ArrayList<>(
                List.of("AVATAR_MONITOR_FAL_BASE_URL", fal.baseUri().toString()));
        all.addAll(List.of(variables));
        return Monitor.open(load(fresh, directory, all.toArray(new String[0])), InstantSource.system());
    }
}
