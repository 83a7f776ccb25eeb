package avatarmonitor.config;

import avatarmonitor.alert.AlertConfig;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.check.CancelCause;
import avatarmonitor.check.decision.MonitorConfig;
import avatarmonitor.fal.FalConfig;
import avatarmonitor.fal.FalKey;
import avatarmonitor.fal.webhook.WebhookConfig;
import avatarmonitor.http.EgressConfig;
import avatarmonitor.logging.LogConfig;
import avatarmonitor.reconcile.ReconcileConfig;
import avatarmonitor.schedule.Listen;
import avatarmonitor.schedule.ScheduleConfig;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.text.Secrets;
import avatarmonitor.web.HttpConfig;
import java.util.List;
import java.util.Set;

/**
 * The complete, validated configuration: one record for each configured package. Created by {@link SettingsLoader}.
 *
 * @param effective every key with its effective value and origin, in the order of the shipped file, without secrets
 * @param warnings problems that do not prevent a start, such as a secret that every local user can read
 * @param secrets all secrets of the configuration
 */
public record Settings(
        StoreConfig store,
        FalConfig fal,
        TrainingTypes trainings,
        MonitorConfig monitor,
        ReconcileConfig reconcile,
        ScheduleConfig schedule,
        Listen listen,
        Set<CancelCause> cancelOn,
        HttpConfig http,
        WebhookConfig webhook,
        AlertConfig alerts,
        EgressConfig egress,
        LogConfig log,
        List<Setting> effective,
        List<Problem> warnings,
        Secrets secrets) {

    public Settings {
        cancelOn = Set.copyOf(cancelOn);
        effective = List.copyOf(effective);
        warnings = List.copyOf(warnings);
    }

    /**
     * Returns the key, for commands that require it.
     *
     * @throws ConfigException with instructions when no key is set
     */
    public FalKey requireFalKey() {
        FalKey key = fal.key();
        if (key == null) {
            throw new ConfigException(
                    List.of(
                            new Problem(
                                    "fal.key",
                                    "set nowhere",
                                    "the API key of the fal account that submits the trainings",
                                    "set the environment variable FAL_KEY (or FAL_KEY_ID with FAL_KEY_SECRET, or FAL_KEY_FILE to a file that holds it), or fal.key in the file")));
        }
        return key;
    }

    /** Creates the exception for a value that was parsed but proved unusable. */
    public ConfigException refused(String key, String expected, String advice) {
        Setting setting = effective.stream()
                .filter(one -> one.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no such key: " + key));
        return new ConfigException(List.of(new Problem(key, setting.origin(), setting.shown(), expected, advice)));
    }
}
