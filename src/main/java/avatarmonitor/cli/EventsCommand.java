package avatarmonitor.cli;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.EventFollower;
import avatarmonitor.event.EventLog;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.inspect.EventRow;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import com.google.gson.JsonArray;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code events}: what happened, and what happens. */
@Command(
        name = "events",
        description = {
            "Print what happened to the trainings, oldest first.",
            "",
            "Each loss, repair and refusal leaves an event in the table avatar_event; events older than history.retention are"
                    + " deleted. Times are UTC. Changes nothing.",
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor events --limit 20",
            "  avatar-monitor events --follow                             go on printing until Ctrl-C",
            "  avatar-monitor events --follow --json | jq 'select(.type == \"failed\")'",
            "  avatar-monitor events --avatar 0198a1b2-0000-7000-8000-000000000001"
        })
final class EventsCommand implements Callable<Integer> {
    private static final long POLL_SECONDS = 1;

    private final Invocation invocation;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with new events until Ctrl-C; with --json one object on each line.")
    private boolean follow;

    @Option(names = "--avatar", paramLabel = "ID", description = "Only events of this avatar.")
    private @Nullable AvatarId avatar;

    @Mixin
    private final LimitOption limit = new LimitOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    EventsCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        try (Database database = Database.openExisting(invocation.settings().store())) {
            EventLog log = new EventLog(database.dialect());
            if (follow) {
                follow(database, log);
            } else {
                print(database.read(connection -> log.newest(connection, avatar, limit.rows())));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return ExitCode.DONE;
    }

    private void print(List<Logged> events) {
        if (json.wanted) {
            JsonArray all = new JsonArray();
            events.forEach(event -> all.add(EventRow.json(event)));
            Json.print(invocation.terminal(), all);
        } else if (events.isEmpty()) {
            invocation.terminal().out().println("No event.");
        } else {
            events.forEach(this::printLine);
        }
    }

    private void printLine(Logged event) {
        Terminal terminal = invocation.terminal();
        if (json.wanted) {
            Json.printLine(terminal, EventRow.json(event));
        } else {
            terminal.out().println(EventLines.line(event, avatar == null, terminal));
        }
    }

    /** Until Ctrl-C ends the process, or somebody interrupts the thread. A database that goes away is waited for. */
    private void follow(Database database, EventLog log) throws InterruptedException {
        EventFollower follower = database.read(connection -> {
            Instant now = invocation.clock().instant();
            EventFollower started = EventFollower.from(log, connection, now);
            List<Logged> first = log.newest(connection, avatar, limit.rows());
            started.skip(first, now);
            first.forEach(this::printLine);
            return started;
        });
        CountDownLatch never = new CountDownLatch(1);
        boolean reachable = true;
        while (!never.await(POLL_SECONDS, TimeUnit.SECONDS)) {
            reachable = poll(database, follower, reachable);
        }
    }

    private boolean poll(Database database, EventFollower follower, boolean wasReachable) {
        try {
            List<Logged> fresh = database.read(
                    connection -> follower.next(connection, invocation.clock().instant()));
            if (!wasReachable) {
                invocation.terminal().err().println("The database answers again.");
            }
            fresh.stream()
                    .filter(event -> avatar == null || avatar.equals(event.avatar()))
                    .forEach(this::printLine);
            return true;
        } catch (StoreException e) {
            if (wasReachable) {
                invocation
                        .terminal()
                        .err()
                        .println("The database does not answer, trying again until it does: "
                                + Cells.safe(String.valueOf(e.getMessage())));
            }
            return false;
        }
    }
}
