package avatarmonitor.cli;

import avatarmonitor.cli.console.Column;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Json;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.cli.console.Table;
import avatarmonitor.cli.console.Terminal;
import avatarmonitor.inspect.LoadCounts;
import avatarmonitor.inspect.ReportRange;
import avatarmonitor.inspect.Rows;
import avatarmonitor.inspect.TrainingReport;
import avatarmonitor.inspect.TrainingReport.Ends;
import avatarmonitor.inspect.TrainingReport.Filter;
import avatarmonitor.inspect.TrainingReport.Slot;
import avatarmonitor.inspect.TrainingReport.TypeRow;
import avatarmonitor.store.Database;
import avatarmonitor.text.UntrustedText;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code report}: how trainings ended over a day or a week. */
@Command(
        name = "report",
        description = {
            "Report how trainings ended over the last day or week, or between two times.",
            "",
            "Counts, requests to fal and check delay for each hour or day, the success rate beside that of the period before,"
                    + " durations (median and 95 %) for each training type, errors by frequency, and the last and next"
                    + " reconcile run. From the tables avatar_event and avatar_monitor_load, which reach back as far as"
                    + " history.retention. Times are UTC. Changes nothing.",
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor report                             the last 24 hours",
            "  avatar-monitor report --week --type portrait",
            "  avatar-monitor report --from 2026-11-01 --to 2026-11-08 --error timeout",
            "  avatar-monitor report --week --csv > week.csv",
            "  avatar-monitor report --json | jq '.errors[0]'"
        })
final class ReportCommand extends ResultCommand {
    private static final int PERCENT = 100;

    @ArgGroup
    private @Nullable Which which;

    @Option(names = "--type", paramLabel = "TYPE", description = "Only trainings of this type, in any letter case.")
    private @Nullable String type;

    @Option(
            names = "--worker",
            paramLabel = "ID",
            description = "Instance id, as in workers: only ends that this worker wrote, and its requests and checks.")
    private @Nullable String worker;

    @Option(
            names = "--error",
            paramLabel = "TEXT",
            description = "Only failures whose error contains this text, in any letter case.")
    private @Nullable String error;

    @Option(names = "--csv", description = "Print the hours or days as CSV and nothing else.")
    private boolean csv;

    /** Mutually exclusive options. */
    static final class Which {
        @Option(names = "--day", description = "The last 24 hours, hour by hour. The default.")
        boolean day;

        @Option(names = "--week", description = "The last 7 days, day by day.")
        boolean week;

        @ArgGroup(exclusive = false)
        @Nullable
        Between between;
    }

    /** A span of time. */
    static final class Between {
        @Option(
                names = "--from",
                required = true,
                paramLabel = "TIME",
                description =
                        "Beginning, such as 2026-11-30, 2026-11-30T14:00 (UTC) or 2026-11-30T14:00+01:00, rounded down"
                                + " to an hour; at most 92 days. Hour by hour up to two days, otherwise day by day.")
        String from = "";

        @Option(names = "--to", paramLabel = "TIME", description = "End, exclusive. Now when it is missing.")
        String to = "";
    }

    ReportCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    public Integer call() {
        if (csv && json) {
            throw refused("--csv and --json exclude each other.");
        }
        Instant now = invocation.clock().instant();
        ReportRange range = range(now);
        try (Database database = Database.openExisting(invocation.settings().store())) {
            TrainingReport report = TrainingReport.read(database, range, new Filter(type, worker, error));
            PrintWriter out = invocation.terminal().out();
            if (csv) {
                out.print(report.csv());
            } else if (json) {
                Json.print(invocation.terminal(), report.json());
            } else {
                print(report, now);
            }
            out.flush();
        }
        return ExitCode.DONE;
    }

    private ReportRange range(Instant now) {
        Between between = which == null ? null : which.between;
        String period = which != null && which.week ? ReportRange.WEEK : "";
        try {
            return ReportRange.of(period, between == null ? "" : between.from, between == null ? "" : between.to, now);
        } catch (IllegalArgumentException wrong) {
            throw refused(String.valueOf(wrong.getMessage()));
        }
    }

    private void print(TrainingReport report, Instant now) {
        Terminal terminal = invocation.terminal();
        PrintWriter out = terminal.out();
        out.println(headline(report));
        out.println(load(report.load()));
        out.println();
        new Table(
                        Column.text("from"),
                        Column.number("completed"),
                        Column.number("failed"),
                        Column.number("cancelled"),
                        Column.number("timed_out"),
                        Column.number("requests"),
                        Column.number("unanswered"),
                        Column.number("delay").titled("AVG DELAY"),
                        Column.number("delay_max").titled("MAX DELAY"))
                .rows(slots(report))
                .print(terminal, false, now, "No training ended and no check ran.");
        if (!report.types().isEmpty()) {
            out.println();
            new Table(
                            Column.text("training_type").titled("TYPE"),
                            Column.number("completed"),
                            Column.number("failed"),
                            Column.number("cancelled"),
                            Column.number("timed_out"),
                            Column.text("median"),
                            Column.text("p95"))
                    .rows(types(report))
                    .print(terminal, false, now, "");
        }
        if (!report.errors().isEmpty()) {
            out.println();
            new Table(Column.number("count"), Column.time("last_at"), Column.text("error"))
                    .rows(report.errors().stream().map(Rows::members).toList())
                    .print(terminal, false, now, "");
        }
        out.println();
        out.println("Reconcile: last " + moment(report.lastReconcileAt(), "never") + ", next "
                + moment(report.nextReconcileAt(), "not scheduled"));
    }

    /** Returns a summary in one line. */
    static String headline(TrainingReport report) {
        Ends total = report.total();
        return span(report.range()) + ": "
                + total.completed() + " completed, " + total.failed() + " failed, " + total.cancelled() + " cancelled, "
                + total.timedOut() + " timed out; "
                + "success rate " + percent(total.successRate()) + " (before: "
                + percent(report.before().successRate()) + ")";
    }

    private static String span(ReportRange range) {
        return switch (range.word()) {
            case ReportRange.DAY -> "Last 24 hours";
            case ReportRange.WEEK -> "Last 7 days";
            default -> moment(range.from(), "") + " to " + moment(range.until(), "");
        };
    }

    private static String load(LoadCounts load) {
        return "Requests to fal: " + load.requests() + ", " + (load.requests() - load.answered())
                + " unanswered; check delay: average " + millis(load.averageMillis(), "unknown") + ", maximum "
                + millis(load.maxMillis(), "unknown") + "; " + load.lateFires() + " of " + load.fires()
                + " fires more than 10 s late";
    }

    private static String millis(@Nullable Long millis, String absent) {
        return millis == null ? absent : String.format(Locale.ROOT, "%.2f s", millis / 1000.0);
    }

    private static String percent(@Nullable Double rate) {
        return rate == null ? "unknown" : String.format(Locale.ROOT, "%.1f %%", rate * PERCENT);
    }

    private static String moment(@Nullable Instant at, String absent) {
        return at == null ? absent : at.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Returns one row per slot, without empty ones. */
    private static List<Map<String, @Nullable Object>> slots(TrainingReport report) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Slot slot : report.slots()) {
            LoadCounts load = slot.load();
            if (!slot.ends().equals(new Ends(0, 0, 0, 0)) || load.fires() + load.requests() > 0) {
                Map<String, @Nullable Object> row = slot.ends().members();
                String from = slot.from().toString();
                boolean hourly = report.range().slot().toHours() == 1;
                row.put("from", hourly ? from.substring(0, 16) + "Z" : from.substring(0, 10));
                row.put("requests", load.requests());
                row.put("unanswered", load.requests() - load.answered());
                row.put("delay", millis(load.averageMillis(), "–"));
                row.put("delay_max", millis(load.maxMillis(), "–"));
                rows.add(row);
            }
        }
        return rows;
    }

    private static List<Map<String, @Nullable Object>> types(TrainingReport report) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (TypeRow type : report.types()) {
            Map<String, @Nullable Object> row = type.ends().members();
            row.put("training_type", type.type().isEmpty() ? "(row gone)" : UntrustedText.cell(type.type()));
            row.put("median", seconds(type.medianSeconds()));
            row.put("p95", seconds(type.p95Seconds()));
            rows.add(row);
        }
        return rows;
    }

    private static @Nullable String seconds(@Nullable Long seconds) {
        return seconds == null
                ? null
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
}
