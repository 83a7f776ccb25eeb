package avatarmonitor.cli;

import avatarmonitor.app.BulkActions;
import avatarmonitor.app.BulkActions.Result;
import avatarmonitor.app.BulkActions.Stop;
import avatarmonitor.app.Monitor;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Json;
import avatarmonitor.cli.console.StopSignals;
import avatarmonitor.cli.console.Table;
import avatarmonitor.cli.console.Terminal;
import avatarmonitor.config.Settings;
import avatarmonitor.event.BulkAction;
import avatarmonitor.inspect.AvatarList;
import avatarmonitor.inspect.AvatarSelection;
import avatarmonitor.inspect.CountText;
import avatarmonitor.inspect.Rows;
import avatarmonitor.inspect.WorkerFacts;
import avatarmonitor.pause.PollingPause;
import avatarmonitor.store.Database;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** One action on all avatars of a selection: dry run, question, action, summary. */
final class BulkRun {
    /** Maximum of avatars in the output of a dry run. */
    private static final int SHOWN_MAX = 10;

    /** Maximum of avatars in the output that the action was not done on. */
    private static final int NOT_DONE_MAX = 100;

    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(10);

    /** Lists whose avatars the workers check. */
    private static final Set<AvatarList> CHECKED_BY_WORKERS =
            EnumSet.of(AvatarList.WATCHED, AvatarList.LATE, AvatarList.FAILING);

    private final Invocation invocation;
    private final BulkAction kind;
    private final BulkOptions options;
    private final boolean json;
    private final Map<String, Integer> outcomes = new TreeMap<>();
    private final List<Result> notDone = new ArrayList<>();
    private long done;
    private long failed;

    BulkRun(Invocation invocation, BulkAction kind, BulkOptions options, boolean json) {
        this.invocation = invocation;
        this.kind = kind;
        this.options = options;
        this.json = json;
    }

    /** Returns the exit code: 0 when it was done on all avatars, and for a dry run. */
    int run(Settings settings, AvatarSelection selection) throws InterruptedException {
        Terminal terminal = invocation.terminal();
        boolean ask = !options.yes && !options.dryRun;
        if (ask && (json || !terminal.interactive())) {
            throw options.refused(
                    "--yes is required without a terminal and with --json. See first what would be done: --dry-run");
        }
        if (!options.dryRun && (kind == BulkAction.CHECK || kind == BulkAction.CANCEL)) {
            settings.requireFalKey();
        }
        try (Monitor monitor = Monitor.openExisting(settings, invocation.clock())) {
            Database database = monitor.database();
            selection.problem(database, settings.trainings()).ifPresent(problem -> {
                throw options.refused("--where: " + problem);
            });
            long matched = selection.count(database, monitor.avatars().schema(), null, BulkActions.READ_MAX);
            if (options.dryRun || ask) {
                show(monitor, selection, matched);
            }
            if (options.dryRun || matched == 0) {
                if (!options.dryRun) {
                    summary(selection, matched, 0, false);
                }
                return ExitCode.DONE;
            }
            if (ask && !terminal.isConfirmed("Go on with " + kind.word() + "? [y/N] ")) {
                terminal.err().println("Nothing was changed.");
                return ExitCode.FAILED;
            }
            if (kind == BulkAction.CHECK
                    && CHECKED_BY_WORKERS.contains(selection.list())
                    && WorkerFacts.alive(database) == 0) {
                return invocation.failed(
                        "No worker is alive, so nothing would be checked. Start one: avatar-monitor worker");
            }
            return act(monitor, selection, matched);
        }
    }

    private void show(Monitor monitor, AvatarSelection selection, long matched) {
        AvatarList.Page page =
                selection.list().first(monitor.database(), monitor.avatars().schema(), selection.filter(), SHOWN_MAX);
        Terminal terminal = invocation.terminal();
        Table table = ListCommand.table(selection.list()).rows(page.rows());
        if (json) {
            JsonObject document = begun(selection, matched);
            document.addProperty("dry_run", true);
            document.add("rows", table.json());
            Json.print(terminal, document);
            return;
        }
        terminal.out()
                .println(matches(selection, matched)
                        + (matched > SHOWN_MAX ? ". The first " + SHOWN_MAX + ":" : matched == 0 ? "." : ":"));
        if (matched > 0) {
            table.print(invocation, false, selection.list().whenEmpty());
        }
        if (options.dryRun) {
            terminal.out().println("Dry run: nothing was changed.");
        }
    }

    private static String matches(AvatarSelection selection, long matched) {
        return CountText.many(matched, "avatar")
                + (matched == 1 ? " matches " : " match ")
                + UntrustedText.cell(selection.words());
    }

    private int act(Monitor monitor, AvatarSelection selection, long matched) throws InterruptedException {
        StopSignals signals = StopSignals.install();
        AtomicLong notedAt = new AtomicLong(System.nanoTime());
        Stop stop = wait -> {
            long now = System.nanoTime();
            if (now - notedAt.get() >= PROGRESS_EVERY.toNanos()) {
                notedAt.set(now);
                invocation.note(CountText.count(done + failed) + " of " + CountText.count(matched) + " done");
            }
            return signals.within(wait);
        };
        boolean stopped = monitor.operator()
                .bulk()
                .run(kind, selection, null, invocation.actor(), stop, BulkActions.READ_MAX, this::count)
                .isPresent();
        stopped |= signals.within(Duration.ZERO) && done + failed < matched;
        summary(selection, matched, stopped ? Math.max(0, matched - done - failed) : 0, stopped);
        if (kind == BulkAction.CHECK && !json) {
            monitor.operator().paused().stream()
                    .map(PollingPause::words)
                    .forEach(words ->
                            invocation.note(UntrustedText.cell(words) + ": paused checks are made when it has ended."));
        }
        return failed == 0 && !stopped ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void count(Result result) {
        outcomes.merge(result.outcome(), 1, Integer::sum);
        if (result.done()) {
            done++;
        } else {
            failed++;
            if (notDone.size() < NOT_DONE_MAX) {
                notDone.add(result);
            }
        }
    }

    private JsonObject begun(AvatarSelection selection, long matched) {
        JsonObject document = new JsonObject();
        document.addProperty("action", kind.word());
        document.addProperty("where", selection.words());
        document.addProperty("matched", matched);
        return document;
    }

    private void summary(AvatarSelection selection, long matched, long left, boolean stopped) {
        Terminal terminal = invocation.terminal();
        if (json) {
            JsonObject document = begun(selection, matched);
            document.addProperty("dry_run", false);
            document.addProperty("done", done);
            document.addProperty("not_done", failed);
            document.addProperty("left", left);
            document.addProperty("stopped", stopped);
            document.add("outcomes", Rows.json(outcomes));
            document.add(
                    "rows", Rows.array(notDone.stream().map(Result::members).toList()));
            Json.print(terminal, document);
            return;
        }
        notDone.forEach(result -> terminal.err()
                .println(UntrustedText.cell(result.avatar() + ": " + words(result.outcome())
                        + (result.reason() == null ? "" : ", " + result.reason()))));
        if (failed > notDone.size()) {
            terminal.err().println("and " + CountText.count(failed - notDone.size()) + " more");
        }
        List<String> parts = new ArrayList<>();
        outcomes.forEach((outcome, count) -> parts.add(CountText.count(count) + " " + words(outcome)));
        terminal.out()
                .println((stopped ? "Stopped. " : "") + matches(selection, matched)
                        + (parts.isEmpty() ? "" : ": " + String.join(", ", parts))
                        + (stopped ? ", " + CountText.count(left) + " unchanged" : "") + ".");
        terminal.out().flush();
    }

    private static String words(String outcome) {
        return outcome.equals("due") ? "due for a check now" : outcome.replace('_', ' ');
    }
}
