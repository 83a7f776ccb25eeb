package avatarmonitor.cli;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.cli.console.ClosedOutput;
import avatarmonitor.cli.console.EventLines;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Json;
import avatarmonitor.cli.console.LimitOption;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.cli.console.Terminal;
import avatarmonitor.event.EventFollower;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.inspect.AvatarNames;
import avatarmonitor.inspect.EventRow;
import avatarmonitor.store.Database;
import avatarmonitor.store.SchemaException;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonArray;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code events}: prints past events, and follows new ones. */
@Command(
        name = "events",
        description = {
            "Print events, oldest first.",
            "",
            "Each loss, repair and refusal writes an event to the table avatar_event; events older than history.retention are"
                    + " deleted. Times are UTC. Read only."
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor events --limit 20",
            "  avatar-monitor events --follow                             print new events until Ctrl-C",
            "  avatar-monitor events --follow --json | jq 'select(.type == \"failed\")'",
            "  avatar-monitor events --avatar 0198a1b2-0000-7000-8000-000000000001"
        })
final class EventsCommand extends ResultCommand {
    private static final long POLL_SECONDS = 1;

    @Option(
            names = {"-f", "--follow"},
            description = "Print new events until Ctrl-C; with --json one object per line.")
    private boolean follow;

    @Option(names = "--avatar", paramLabel = "ID", description = "Only events of this avatar.")
    private @Nullable AvatarId avatar;

    @Mixin
    private final LimitOption limit = new LimitOption();

    EventsCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    public Integer call() {
        try (Database database = Database.openExisting(invocation.settings().store())) {
            EventLog log = new EventLog(database.dialect());
            if (follow) {
                follow(database, log);
            } else {
                Optional<AvatarSchema> schema = schema(database);
                List<Logged> events = new ArrayList<>();
                AvatarNames names = database.read(connection -> {
                    events.addAll(log.newest(connection, avatar, limit.rows()));
                    return names(connection, schema, events);
                });
                print(events, names);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.DONE;
    }

    /**
     * Reads the schema; empty when the application's table is missing or unusable, since events are most useful then,
     * and names are optional.
     */
    private static Optional<AvatarSchema> schema(Database database) {
        try {
            return Optional.of(AvatarSchema.read(database));
        } catch (SchemaException unusable) {
            return Optional.empty();
        }
    }

    private static AvatarNames names(Connection connection, Optional<AvatarSchema> schema, List<Logged> events) {
        return schema.map(columns -> AvatarNames.read(connection, columns, events))
                .orElse(AvatarNames.NONE);
    }

    private void print(List<Logged> events, AvatarNames names) {
        if (json) {
            JsonArray all = new JsonArray();
            events.forEach(event -> all.add(EventRow.json(event, names.of(event))));
            Json.print(invocation.terminal(), all);
        } else if (events.isEmpty()) {
            invocation.say("No event.");
        } else {
            events.forEach(event -> printLine(event, names));
        }
    }

    private void printLine(Logged event, AvatarNames names) {
        String name = names.of(event);
        Terminal terminal = invocation.terminal();
        if (json) {
            Json.printLine(terminal, EventRow.json(event, name));
        } else {
            terminal.out().println(EventLines.line(event, name, avatar == null, terminal));
        }
    }

    /**
     * Follows events until Ctrl-C ends the process, the output has no reader any more, or the thread is interrupted.
     * Waits through a database outage.
     */
    private void follow(Database database, EventLog log) throws InterruptedException {
        Optional<AvatarSchema> schema = schema(database);
        EventFollower follower = database.read(connection -> {
            Instant now = invocation.clock().instant();
            EventFollower started = EventFollower.from(log, connection, now);
            List<Logged> first = log.newest(connection, avatar, limit.rows());
            started.skip(first, now);
            AvatarNames names = names(connection, schema, first);
            first.forEach(event -> printLine(event, names));
            return started;
        });
        CountDownLatch never = new CountDownLatch(1);
        ClosedOutput output = new ClosedOutput();
        boolean reachable = true;
        while (!never.await(POLL_SECONDS, TimeUnit.SECONDS)) {
            if (invocation.terminal().out().checkError() || output.isGone()) {
                return;
            }
            reachable = poll(database, schema, follower, reachable);
        }
    }

    private boolean poll(
            Database database, Optional<AvatarSchema> schema, EventFollower follower, boolean wasReachable) {
        try {
            List<Logged> fresh = new ArrayList<>();
            AvatarNames names = database.read(connection -> {
                fresh.addAll(follower.next(connection, invocation.clock().instant()));
                return names(connection, schema, fresh);
            });
            if (!wasReachable) {
                invocation.note("The database answers again.");
            }
            fresh.stream()
                    .filter(event -> avatar == null || avatar.equals(event.avatar()))
                    .forEach(event -> printLine(event, names));
            return true;
        } catch (StoreException e) {
            if (wasReachable) {
                invocation.note("The database does not answer, trying again until it does: "
                        + UntrustedText.cell(String.valueOf(e.getMessage())));
            }
            return false;
        }
    }
}
