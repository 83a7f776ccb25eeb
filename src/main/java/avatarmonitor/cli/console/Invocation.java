package avatarmonitor.cli.console;

import avatarmonitor.config.HostName;
import avatarmonitor.config.Settings;
import avatarmonitor.config.SettingsLoader;
import avatarmonitor.event.Actor;
import avatarmonitor.logging.LogConfig;
import avatarmonitor.logging.Logging;
import avatarmonitor.text.Secrets;
import avatarmonitor.text.UntrustedText;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Context of one command: output streams, environment, and the options common to all commands. */
public final class Invocation {
    private static final int NAME_LENGTH_MAX = 100;

    private static final Logger log = LoggerFactory.getLogger(Invocation.class);

    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Path directory;
    private final InstantSource clock;
    private @Nullable Path configFile;
    private Secrets secrets = new Secrets();
    private boolean verbose;
    private boolean wide;

    /**
     * Creates the context without reading anything.
     *
     * @param directory base of relative paths
     */
    public Invocation(Terminal terminal, Map<String, String> environment, Path directory, InstantSource clock) {
        this.terminal = terminal;
        this.environment = Map.copyOf(environment);
        this.directory = directory;
        this.clock = clock;
    }

    public Terminal terminal() {
        return wide ? terminal.wide() : terminal;
    }

    /** Sets whether {@code --wide} was given: lines are never truncated. */
    public void wide(boolean wanted) {
        wide = wanted;
    }

    public Map<String, String> environment() {
        return environment;
    }

    /**
     * Returns the actor of the command: the user of the operating system on this host, with the original user when sudo
     * was used.
     */
    public Actor actor() {
        String user = ProcessHandle.current().info().user().orElseGet(() -> System.getProperty("user.name", "unknown"));
        String before = environment.getOrDefault("SUDO_USER", "");
        String name = before.isEmpty() ? user : user + " (sudo by " + before + ")";
        return new Actor(UntrustedText.line(name, NAME_LENGTH_MAX), "cli", HostName.of(environment));
    }

    public InstantSource clock() {
        return clock;
    }

    /** Returns whether {@code --verbose} was given: more log lines, and stack traces with errors. */
    public boolean verbose() {
        return verbose;
    }

    public void verbose(boolean wanted) {
        verbose = wanted;
    }

    public void configFile(Path file) {
        configFile = file;
    }

    /**
     * Loads the configuration for a short command: logs only problems, unless {@code --verbose}.
     *
     * @throws avatarmonitor.config.ConfigException with all problems
     */
    public Settings settings() {
        return quiet(loader().load(Optional.ofNullable(configFile)));
    }

    /**
     * Like {@link #settings}, without the rules between keys: for a command that uses single values.
     *
     * @throws avatarmonitor.config.ConfigException with all problems
     */
    public Settings singleSettings() {
        return quiet(loader().loadSingleValues(Optional.ofNullable(configFile)));
    }

    private Settings quiet(Settings settings) {
        secrets = settings.secrets();
        LogConfig.Level level = verbose ? LogConfig.Level.DEBUG : LogConfig.Level.WARN;
        log(settings, new LogConfig(settings.log().format(), level));
        return settings;
    }

    /**
     * Loads the configuration for a long-running command: logs at {@code log.level}.
     *
     * @throws avatarmonitor.config.ConfigException with all problems
     */
    public Settings settingsOfService() {
        Settings settings = loader().load(Optional.ofNullable(configFile));
        secrets = settings.secrets();
        log(settings, verbose ? new LogConfig(settings.log().format(), LogConfig.Level.DEBUG) : settings.log());
        settings.warnings()
                .forEach(warning -> log.warn(
                        "configuration should be corrected key={} origin={} expected={} advice={}",
                        warning.key(),
                        warning.origin(),
                        warning.expected(),
                        warning.advice()));
        return settings;
    }

    /** Prints a line of the result. */
    public void say(String line) {
        terminal.out().println(line);
    }

    /** Prints a line beside the result, on stderr. */
    public void note(String line) {
        terminal.err().println(line);
    }

    /** Prints the reason on stderr and returns exit code 1. */
    public int failed(String reason) {
        note(reason);
        return ExitCode.FAILED;
    }

    private SettingsLoader loader() {
        return new SettingsLoader(environment, directory, HostName.of(environment));
    }

    /**
     * Sanitizes untrusted text for printing: on one line, without control characters, without secrets of the
     * configuration.
     */
    public String printable(String text) {
        return UntrustedText.cell(secrets.mask(text));
    }

    private static void log(Settings settings, LogConfig config) {
        Logging.ofProcess().ifPresent(logging -> {
            logging.hide(settings.secrets());
            logging.apply(config);
        });
    }
}
