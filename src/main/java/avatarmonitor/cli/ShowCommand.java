package avatarmonitor.cli;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.cli.console.Column;
import avatarmonitor.cli.console.EventLines;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Json;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.cli.console.Table;
import avatarmonitor.cli.console.Terminal;
import avatarmonitor.cli.console.TextWidth;
import avatarmonitor.inspect.AvatarDetails;
import avatarmonitor.inspect.AvatarDetailsText;
import avatarmonitor.store.Database;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.text.UntrustedText;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code show ID}: prints all data about one avatar. */
@Command(
        name = "show",
        description = {
            "Show the details of one avatar.",
            "",
            "Prints its row, monitoring state, trigger (or the reason why it has none), last checks and last events. Read"
                    + " only; sends no request to fal (use check for that)."
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor show 0198a1b2-0000-7000-8000-000000000001",
            "  avatar-monitor show 0198a1b2-0000-7000-8000-000000000001 --json | jq .watch.last_error"
        })
final class ShowCommand extends ResultCommand {
    private static final int EVENTS = 10;
    private static final int CHECKS = 10;

    @Parameters(paramLabel = "ID", description = "Avatar, by the id of its row in avatars.")
    private @Nullable AvatarId id;

    ShowCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    public Integer call() {
        AvatarId wanted = Objects.requireNonNull(id);
        AvatarDetails details;
        try (Database database = Database.openExisting(invocation.settings().store())) {
            details = AvatarDetails.read(database, AvatarSchema.read(database), wanted, EVENTS);
        }
        if (details.avatar().isEmpty() && details.events().isEmpty()) {
            return invocation.failed("There is no avatar " + wanted + ".");
        }
        if (json) {
            Json.print(invocation.terminal(), details.json());
        } else {
            print(wanted, details);
        }
        return ExitCode.DONE;
    }

    /** The newest checks first, as on the page. */
    private static Table checks(AvatarDetails details) {
        return new Table(
                        Column.time("at"),
                        Column.text("outcome"),
                        Column.text("fal_status"),
                        Column.number("queue_position").titled("QUEUE"),
                        Column.number("took_ms"),
                        Column.text("error"),
                        Column.text("worker"))
                .rows(details.checks()
                        .subList(0, Math.min(CHECKS, details.checks().size())));
    }

    private void print(AvatarId wanted, AvatarDetails details) {
        Terminal terminal = invocation.terminal();
        Map<String, String> lines =
                new AvatarDetailsText(details, invocation.clock().instant()).lines();
        if (details.avatar().isEmpty()) {
            terminal.out().println("The avatar " + wanted + " is gone; this is what is left of its monitoring.");
        }
        lines.forEach((name, text) ->
                terminal.out().println(terminal.bold(TextWidth.padded(name, 10, false)) + UntrustedText.cell(text)));
        if (!details.checks().isEmpty()) {
            terminal.out().println();
            terminal.out().println(terminal.bold("last checks that brought something new or failed"));
            checks(details)
                    .lines(terminal.width(), invocation.clock().instant())
                    .forEach(terminal.out()::println);
        }
        if (!details.events().isEmpty()) {
            terminal.out().println();
            terminal.out().println(terminal.bold("last events"));
            details.events().forEach(event -> terminal.out().println(EventLines.line(event, null, false, terminal)));
        }
        terminal.out().flush();
    }
}
