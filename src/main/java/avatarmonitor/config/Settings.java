package avatarmonitor.config;

import avatarmonitor.alert.AlertConfig;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.check.MonitorConfig;
import avatarmonitor.fal.FalConfig;
import avatarmonitor.fal.FalKey;
import avatarmonitor.fal.WebhookConfig;
import avatarmonitor.http.EgressConfig;
import avatarmonitor.reconcile.ReconcileConfig;
import avatarmonitor.schedule.ScheduleConfig;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.text.Secrets;
import avatarmonitor.web.HttpConfig;
import java.util.List;

/**
 * The whole configuration, read and checked: one record for each package that is configured. Made by {@link SettingsLoader}.
 *
 * @param effective every key as it is in force and where it came from, in the order of the shipped file, without secrets
 * @param warnings what works but should be corrected, such as a secret that every local user can read
 * @param secrets everything in it that must never be shown
 */
public record Settings(
        StoreConfig store,
        FalConfig fal,
        TrainingTypes trainings,
        MonitorConfig monitor,
        ReconcileConfig reconcile,
        ScheduleConfig schedule,
        HttpConfig http,
        WebhookConfig webhook,
        AlertConfig alerts,
        EgressConfig egress,
        LogConfig log,
        List<Setting> effective,
        List<Problem> warnings,
        Secrets secrets) {

    public Settings {
        effective = List.copyOf(effective);
        warnings = List.copyOf(warnings);
    }

    /**
     * The key, for commands that cannot do without.
     *
     * @throws ConfigException that says how to set it, when there is none
     */
    public FalKey requireFalKey() {
        FalKey key = fal.key();
        if (key == null) {
            throw new ConfigException(
                    List.of(
                            new Problem(
                                    "fal.key",
                                    "set nowhere",
                                    null,
                                    "the API key of the fal account that submits the trainings",
                                    "set the environment variable FAL_KEY (or FAL_KEY_ID with FAL_KEY_SECRET, or FAL_KEY_FILE to a file that holds it), or fal.key in the file")));
        }
        return key;
    }

    /** What is wrong with a value that could be read, found only when it was used. */
    public ConfigException refused(String key, String expected, String advice) {
        Setting setting = effective.stream()
                .filter(one -> one.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no such key: " + key));
        return new ConfigException(List.of(new Problem(key, setting.origin(), setting.shown(), expected, advice)));
    }
}
