package avatarmonitor.config;

import static avatarmonitor.config.Formats.duration;
import static avatarmonitor.config.Formats.matching;
import static avatarmonitor.config.Formats.noneOrSome;
import static avatarmonitor.config.Formats.oneOf;
import static avatarmonitor.config.Formats.wholeNumber;

import avatarmonitor.alert.AlertConfig;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.check.CancelCause;
import avatarmonitor.check.decision.MonitorConfig;
import avatarmonitor.fal.FalConfig;
import avatarmonitor.fal.webhook.WebhookConfig;
import avatarmonitor.http.EgressConfig;
import avatarmonitor.logging.LogConfig;
import avatarmonitor.reconcile.ReconcileConfig;
import avatarmonitor.reconcile.ReconcileConfig.StalledAction;
import avatarmonitor.schedule.Listen;
import avatarmonitor.schedule.ScheduleConfig;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.web.HttpConfig;
import avatarmonitor.web.access.AccessToken;
import avatarmonitor.web.access.TokenBook;
import avatarmonitor.web.access.TokenFile;
import avatarmonitor.web.access.TokenFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Loads the configuration: the shipped defaults, then the operator's file, then {@code AVATAR_MONITOR_*}, then {@code
 * FAL_KEY}. A new key is one entry in {@code config/avatar-monitor.conf} and one {@code take} in this class.
 */
public final class SettingsLoader {
    private final Map<String, String> environment;
    private final Path directory;
    private final String hostName;

    /**
     * Creates the loader without reading.
     *
     * @param environment environment variables of the process
     * @param directory base directory of {@code config/avatar-monitor.conf} when no file is named
     * @param hostName default worker name
     */
    public SettingsLoader(Map<String, String> environment, Path directory, String hostName) {
        this.environment = Map.copyOf(environment);
        this.directory = directory;
        this.hostName = hostName;
    }

    /**
     * Reads and validates everything.
     *
     * @param named the file of {@code --config}, which must exist; without it a file in the working directory is
     *     used if present
     * @throws ConfigException with every problem of file, environment and their combination
     */
    public Settings load(Optional<Path> named) {
        return load(named, true);
    }

    /**
     * Like {@link #load}, without the rules between keys: for a command that uses single values, which a contradiction
     * between other keys does not concern.
     */
    public Settings loadSingleValues(Optional<Path> named) {
        return load(named, false);
    }

    private Settings load(Optional<Path> named, boolean combined) {
        List<Problem> problems = new ArrayList<>();
        List<Problem> warnings = new ArrayList<>();
        ShippedKeys keys = ShippedKeys.load();
        Map<String, RawValue> given = new HashMap<>();
        Path usual = directory.resolve(ShippedKeys.RESOURCE);
        Optional<Path> file =
                named.map(directory::resolve).or(() -> Optional.of(usual).filter(Files::exists));
        Optional<Map<String, RawValue>> fromFile =
                file.isEmpty() ? Optional.of(Map.of()) : new ConfigFile(keys, environment, problems).read(file.get());
        fromFile.ifPresent(given::putAll);
        given.putAll(new EnvironmentSource(
                        keys, environment, fromFile.orElse(Map.of()).keySet(), directory, problems, warnings)
                .read());

        ConfigReader values = new ConfigReader(keys, given, problems);
        EgressConfig egress = new EgressKeys(environment, problems).read(values, directory);
        Settings settings = read(values, file, egress, problems, warnings);
        // Without the file the intended values are unknown, and a contradiction may be none.
        if (combined && fromFile.isPresent()) {
            new CrossFieldRules(values, problems).find(settings);
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return settings;
    }

    private Settings read(
            ConfigReader values,
            Optional<Path> file,
            EgressConfig egress,
            List<Problem> problems,
            List<Problem> warnings) {
        StoreConfig store = new StoreConfig(
                values.take("db.url", Addresses.jdbcUrl()),
                values.take("db.user", matching("\\P{Cc}{0,200}", "a user name", "remove control characters")),
                values.take(
                        "db.password",
                        matching("(?s).{0,1000}", "at most 1000 characters", "shorten it")
                                .hidden()),
                values.take("db.pool-size", wholeNumber(7, 200)));
        String name = values.take(
                "worker.name",
                matching("[A-Za-z0-9._-]{0,64}", "up to 64 of A-Z a-z 0-9 . _ -", "choose a shorter or simpler name"));
        ScheduleConfig schedule = new ScheduleConfig(
                name.isEmpty() ? hostName : name,
                values.take("worker.concurrency", wholeNumber(1, 1_000)),
                values.take("worker.shutdown-timeout", duration("1s", "5m")),
                values.take("cluster.check-in-interval", duration("500ms", "30s")),
                values.take("cluster.firing", oneOf(ScheduleConfig.Firing.class)));
        Duration interval = values.take("monitor.interval", duration("1s", "1h"));
        MonitorConfig monitor = new MonitorConfig(
                interval,
                values.take("monitor.interval-with-hints", Formats.offOrDuration("1s", "1h"))
                        .orElse(interval),
                values.take("monitor.window", duration("1s", "7d")),
                values.take("monitor.max-age", duration("1s", "30d")),
                values.take("monitor.max-failures-in-row", wholeNumber(1, 1000)),
                values.take("monitor.not-found-grace", duration("0s", "1d")));
        Set<CancelCause> cancelOn = values.take("monitor.cancel-on", noneOrSome(CancelCause.class));
        Listen listen = values.take("start.listen", oneOf(Listen.class));
        ReconcileConfig reconcile = new ReconcileConfig(
                values.take("reconcile.interval", duration("1s", "1d")),
                values.take("reconcile.retry-delay", duration("1s", "1d")),
                values.take("reconcile.scan-interval", duration("1s", "1h")),
                values.take("reconcile.stalled-action", oneOf(StalledAction.class)),
                values.take("history.retention", duration("1m", "3650d")));
        FalConfig fal = new FalConfig(
                values.take("fal.base-url", Addresses.falBaseUrl()),
                values.take("fal.key", Formats.falKey()).orElse(null),
                // The limit lets the scheduler's threads finish, with time to store the result, before the avatar's
                // next check is due.
                values.take("fal.timeout", duration("1s", "49s")),
                values.take("fal.requests-per-second", wholeNumber(1, 10_000)),
                values.take("fal.history", oneOf(FalConfig.History.class)),
                values.take("fal.history-url", Addresses.apiUrl("https://api.fal.ai/v1")));
        TrainingTypes trainings = new TrainingKeys(values, problems).read();
        AccessToken token = values.take("http.token", Formats.accessToken()).orElse(null);
        HttpConfig http = new HttpConfig(
                values.take("http.enabled", Formats.truth()),
                values.take("http.host", Addresses.listenHost()),
                values.take("http.port", Addresses.port()),
                values.take("http.read-only", Formats.truth()),
                values.take("http.token-for-reading", oneOf(HttpConfig.TokenForReading.class)),
                new TokenBook(
                        token,
                        values.take("http.tokens-file", Formats.tokenFile(directory, values.secrets()))
                                .orElse(null),
                        token == null ? null : tokenFile(values, problems)));
        TokenFile tokens = http.tokens().file();
        if (tokens != null) {
            new SecretFile(warnings).warnOfReaders(tokens.path(), "http.tokens-file");
        }
        WebhookConfig webhook = new WebhookConfig(
                values.take("webhook.enabled", Formats.truth()), values.take("webhook.jwks-url", Addresses.jwksUrl()));
        AlertConfig alerts = AlertKeys.read(values);
        LogConfig log = new LogConfig(
                values.take("log.format", oneOf(LogConfig.Format.class)),
                values.take("log.level", oneOf(LogConfig.Level.class)));
        file.flatMap(path -> SecretFile.openToOthers(path, values.all())).ifPresent(warnings::add);
        return new Settings(
                store,
                fal,
                trainings,
                monitor,
                reconcile,
                schedule,
                listen,
                cancelOn,
                http,
                webhook,
                alerts,
                egress,
                log,
                values.all(),
                warnings,
                values.secrets());
    }

    /**
     * The file that {@code http.token} was read from, to be read again while the worker runs; null when it came from
     * elsewhere.
     */
    private @Nullable TokenFile tokenFile(ConfigReader values, List<Problem> problems) {
        String variable = ShippedKeys.fileVariable(ShippedKeys.variable("http.token"));
        String file = environment.getOrDefault(variable, "");
        if (file.isEmpty()) {
            return null;
        }
        try {
            return TokenFile.ofConfigured(directory.resolve(file), values.secrets()::add, System::nanoTime);
        } catch (TokenFileException changed) {
            problems.add(new Problem("http.token", RawValue.variable(variable), changed.expected(), changed.advice()));
            return null;
        }
    }
}
