package avatarmonitor.cli;

import avatarmonitor.app.Monitor;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Lengths;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.config.Settings;
import avatarmonitor.inspect.PauseRow;
import avatarmonitor.inspect.Rows;
import avatarmonitor.pause.PollingPause;
import avatarmonitor.pause.PollingPauses;
import avatarmonitor.text.UntrustedText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code pause}: pauses polling of fal by all workers. */
@Command(
        name = "pause",
        description = {
            "Pause polling: workers send no requests to fal.",
            "",
            "Takes effect on every worker within two seconds, for all trainings or those of one type. Trainings stay monitored:"
                    + " their triggers keep firing, no failure is counted, none is late or becomes stalled. Webhooks are accepted, and"
                    + " their trainings are checked after the pause. check ID and unmonitor --cancel-at-fal still send requests.",
            "",
            "The pause is kept in the database: restarts and repairs do not end it. It ends with --for, or by resume. Pausing again"
                    + " changes reason and end."
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor pause --reason \"fal maintenance\" --for 30m",
            "  avatar-monitor pause --type portrait"
        })
final class PauseCommand extends ResultCommand {
    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, shown wherever the pause is.")
    private @Nullable String reason;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            description =
                    "End it after this time, such as 90s, 30m, 2h or 1d; at most 30d. Without it, resume ends it.")
    private @Nullable String length;

    @Option(names = "--type", paramLabel = "TYPE", description = "Pause only trainings of this type.")
    private @Nullable String type;

    PauseCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    public Integer call() {
        Duration wanted = length();
        Settings settings = invocation.settings();
        if (type != null && settings.trainings().find(type).isEmpty()) {
            throw refused("There is no training type '" + UntrustedText.cell(type) + "'; types are "
                    + settings.trainings().words());
        }
        String why = reason == null || reason.isBlank()
                ? null
                : UntrustedText.line(reason.strip(), PollingPauses.REASON_LENGTH_MAX);
        PollingPause pause;
        try (Monitor monitor = Monitor.openExisting(settings, invocation.clock())) {
            pause = monitor.operator().pause(type, why, wanted, invocation.actor());
        }
        print(Rows.json(PauseRow.of(pause)), UntrustedText.cell(pause.words() + ", " + pause.untilWords() + "."));
        return ExitCode.DONE;
    }

    private @Nullable Duration length() {
        if (length == null) {
            return null;
        }
        Duration read = Lengths.read(length).orElseThrow(this::badLength);
        if (read.compareTo(PollingPauses.SHORTEST) < 0 || read.compareTo(PollingPauses.LONGEST) > 0) {
            throw badLength();
        }
        return read;
    }

    private ParameterException badLength() {
        return refused("'" + UntrustedText.cell(String.valueOf(length))
                + "' is not a length of a pause; one looks like 90s, 30m, 2h or 1d, from 1s to 30d");
    }
}
