package avatarmonitor.cli;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.cli.console.ClosedOutput;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Terminal;
import avatarmonitor.logging.Logging;
import avatarmonitor.text.UntrustedText;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Root command with the options and behaviour common to all commands, which {@link Commands} lists. */
@Command(
        name = "avatar-monitor",
        versionProvider = Version.class,
        synopsisHeading = "",
        customSynopsis = "avatar-monitor [--config FILE] COMMAND [OPTIONS]",
        description = {
            "",
            "Monitors AI avatar trainings at fal.ai: polls fal's queue once a minute and writes the model or the error to the"
                    + " avatar's row. Any number of workers share one database.",
            ""
        },
        commandListHeading = "%n",
        optionListHeading = "Options of every command:%n",
        footer = {
            "",
            "Examples:",
            "  avatar-monitor demo                          run the demo with a local queue, nothing to install",
            "  FAL_KEY=id:secret avatar-monitor worker      monitor the trainings of the configured database",
            "  avatar-monitor list --unwatched --json       unmonitored trainings, for a script",
            "  avatar-monitor help COMMAND                  description and options of a command",
            "",
            "Configuration: config/avatar-monitor.conf in the working directory, or --config FILE. Each key can be set by",
            "environment: fal.base-url is AVATAR_MONITOR_FAL_BASE_URL. FAL_KEY sets the key of the fal account.",
            "",
            "Exit codes: 0 success, 1 failure, 2 wrong usage or configuration. Results go to stdout, everything else to stderr."
        })
public final class AvatarMonitorCli implements Callable<Integer> {
    private static final String JSON = "--json";
    private static final int USAGE_WIDTH = 120;
    /** Minimum of picocli. */
    private static final int LEAST_USAGE_WIDTH = 55;

    private final Invocation invocation;

    @Spec
    private @Nullable CommandSpec spec;

    private AvatarMonitorCli(Invocation invocation) {
        this.invocation = invocation;
    }

    /** Runs one command in this process and returns its exit code. */
    public static int run(String[] args) {
        Logging.ofProcess().ifPresent(Logging::guard);
        Map<String, String> environment = System.getenv();
        Terminal terminal = Terminal.ofProcess(environment);
        int exit = run(of(new Invocation(terminal, environment, Path.of(""), InstantSource.system())), args);
        if (exit == ExitCode.DONE && terminal.out().checkError() && new ClosedOutput().isFile()) {
            terminal.err()
                    .println("avatar-monitor: the output could not be written whole: check the space on its disk");
            return ExitCode.FAILED;
        }
        return exit;
    }

    /**
     * Runs one command. {@code help COMMAND} is {@code COMMAND --help}. Common options may precede the command; {@code
     * --json} before the command is moved behind it.
     */
    static int run(CommandLine program, String... args) {
        if (args.length > 0 && args[0].equals("help")) {
            if (args.length == 1) {
                return program.execute("--help");
            }
            // picocli answers an unknown command with a suggestion.
            return program.getSubcommands().containsKey(args[1])
                    ? program.execute(args[1], "--help")
                    : program.execute(args[1]);
        }
        List<String> moved = new ArrayList<>(List.of(args));
        int command = 0;
        while (command < moved.size() && !program.getSubcommands().containsKey(moved.get(command))) {
            command++;
        }
        int json = moved.indexOf(JSON);
        if (command < moved.size() && json >= 0 && json < command) {
            moved.remove(json);
            moved.add(command, JSON);
        }
        return program.execute(moved.toArray(new String[0]));
    }

    static CommandLine of(Invocation invocation) {
        CommandLine program = new CommandLine(new AvatarMonitorCli(invocation));
        Commands.addTo(program, invocation);
        program.registerConverter(AvatarId.class, AvatarMonitorCli::avatarId);
        program.setOut(invocation.terminal().out());
        program.setErr(invocation.terminal().err());
        program.setColorScheme(CommandLine.Help.defaultColorScheme(
                invocation.terminal().colors() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        program.setUsageHelpWidth(Math.max(
                LEAST_USAGE_WIDTH, Math.min(USAGE_WIDTH, invocation.terminal().width())));
        Failures failures = new Failures(invocation);
        program.setParameterExceptionHandler(failures);
        program.setExecutionExceptionHandler(failures);
        return program;
    }

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Configuration file to use instead of config/avatar-monitor.conf.")
    void config(@Nullable Path file) {
        if (file != null) {
            invocation.configFile(file);
        }
    }

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Log everything from DEBUG up, and print stack traces.")
    void verbose(boolean wanted) {
        if (wanted) {
            invocation.verbose(true);
        }
    }

    @Option(names = "--wide", scope = ScopeType.INHERIT, description = "Never cut lines to the width of the terminal.")
    void wide(boolean wanted) {
        if (wanted) {
            invocation.wide(true);
        }
    }

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help and exit.")
    boolean helpWanted;

    @Option(names = "--version", versionHelp = true, description = "Show the version and exit.")
    boolean versionWanted;

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("picocli did not set the command");
        }
        spec.commandLine().usage(invocation.terminal().err());
        return ExitCode.WRONG_USAGE;
    }

    private static AvatarId avatarId(String text) {
        return AvatarId.parse(text).orElseThrow(() -> new TypeConversionException(notAnId(text)));
    }

    static String notAnId(String text) {
        return "'" + UntrustedText.cell(text)
                + "' is not an avatar id; one looks like 0198a1b2-0000-7000-8000-000000000001";
    }
}
