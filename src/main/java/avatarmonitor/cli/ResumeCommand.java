package avatarmonitor.cli;

import avatarmonitor.app.Monitor;
import avatarmonitor.app.OperatorPauses;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Json;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.cli.console.Terminal;
import avatarmonitor.config.Settings;
import avatarmonitor.inspect.PauseRow;
import avatarmonitor.inspect.Rows;
import avatarmonitor.pause.PollingPause;
import avatarmonitor.text.UntrustedText;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code resume}: ends pauses of polling. */
@Command(
        name = "resume",
        description = {
            "End pauses of polling.",
            "",
            "Ends every pause by an operator, or with --type only that of one training type; a pause of all trainings then still"
                    + " holds. Each training is checked again at the next fire of its trigger. A pause that fal asks for (a refused"
                    + " key, 429) is not affected. The exit code is 1 if nothing was paused."
        },
        footer = {"", "Examples:", "  avatar-monitor resume", "  avatar-monitor resume --type portrait"})
final class ResumeCommand extends ResultCommand {
    @Option(names = "--type", paramLabel = "TYPE", description = "End only the pause of this type.")
    private @Nullable String type;

    ResumeCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    public Integer call() {
        Settings settings = invocation.settings();
        List<PollingPause> ended;
        List<PollingPause> left;
        try (Monitor monitor = Monitor.openExisting(settings, invocation.clock())) {
            ended = monitor.operator().resume(type, invocation.actor());
            left = monitor.operator().paused();
        }
        if (json) {
            Json.print(
                    invocation.terminal(),
                    Rows.array(ended.stream().map(PauseRow::of).toList()));
        } else {
            Terminal terminal = invocation.terminal();
            (ended.isEmpty() ? terminal.err() : terminal.out())
                    .println(UntrustedText.cell(OperatorPauses.resumed(ended, left)));
        }
        return ended.isEmpty() ? ExitCode.FAILED : ExitCode.DONE;
    }
}
