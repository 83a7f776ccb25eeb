package avatarmonitor.cli;

import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.cli.console.Terminal;
import avatarmonitor.store.StoreConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;

/** Runs the program in this process, in an empty directory, and captures its output. */
public final class Program {
    static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> environment = new HashMap<>();
    private final Path directory;
    private InstantSource clock = InstantSource.fixed(NOW);
    private final Terminal terminal =
            new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), 80, false, false);

    public Program(Path directory) {
        this.directory = directory;
    }

    Program variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Uses the real time in place of {@link #NOW}, for commands whose database has its own clock. */
    Program realTime() {
        clock = InstantSource.system();
        return this;
    }

    /** Sets the {@code db.*} keys. */
    Program on(StoreConfig database) {
        return variable("AVATAR_MONITOR_DB_URL", database.url())
                .variable("AVATAR_MONITOR_DB_USER", database.user())
                .variable("AVATAR_MONITOR_DB_PASSWORD", database.password());
    }

    /** Body of a test command. */
    interface Body {
        int run(Invocation invocation) throws Exception;
    }

    int run(String... arguments) {
        return AvatarMonitorCli.run(AvatarMonitorCli.of(invocation()), arguments);
    }

    /** Runs the program with an additional command, {@code probe}. */
    int runProbe(Body body, String... arguments) {
        Invocation invocation = invocation();
        CommandLine program = AvatarMonitorCli.of(invocation);
        CommandLine probe = new CommandLine(new Probe(body, invocation));
        program.addSubcommand(probe);
        probe.setExecutionExceptionHandler(program.getExecutionExceptionHandler());
        probe.setParameterExceptionHandler(program.getParameterExceptionHandler());
        return program.execute(arguments);
    }

    Set<String> commands() {
        return AvatarMonitorCli.of(invocation()).getSubcommands().keySet();
    }

    public String out() {
        return out.toString();
    }

    public String err() {
        return err.toString();
    }

    Terminal terminal() {
        return terminal;
    }

    public Invocation invocation() {
        return new Invocation(terminal, environment, directory, clock);
    }

    @CommandLine.Command(name = "probe", description = "A command of the tests.")
    static final class Probe extends ResultCommand {
        private final Body body;

        Probe(Body body, Invocation invocation) {
            super(invocation);
            this.body = body;
        }

        @Override
        public Integer call() throws Exception {
            return body.run(invocation);
        }
    }
}
