package avatarmonitor.cli.demo;

import avatarmonitor.cli.console.Column;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Json;
import avatarmonitor.cli.console.Table;
import avatarmonitor.cli.console.Terminal;
import avatarmonitor.demo.Demo;
import avatarmonitor.demo.DemoResult;
import avatarmonitor.demo.Report;
import avatarmonitor.inspect.Rows;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonArray;
import java.io.File;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Prints the result of the demo. */
final class DemoSummary {
    /** System property by which the launcher of a release tells its path. */
    private static final String LAUNCHER = "avatar-monitor.launcher";

    private final Terminal terminal;
    private final Invocation invocation;
    private final boolean json;

    DemoSummary(Invocation invocation, boolean json) {
        this.invocation = invocation;
        this.terminal = invocation.terminal();
        this.json = json;
    }

    /**
     * Prints the result.
     *
     * @param kept the demo whose files are kept
     * @return exit code
     */
    int print(Report report, Optional<Demo> kept) {
        Table table = new Table(
                Column.id("avatar"), Column.text("expected_end"), Column.text("actual_end"), Column.id("verdict"));
        for (DemoResult verdict : report.verdicts()) {
            table.row(verdict.avatar(), verdict.expected(), verdict.actual(), verdict.ok() ? "ok" : "NOT OK");
        }
        if (json) {
            printJson(report, table.json());
        } else {
            table.print(terminal, false, invocation.clock().instant(), "no avatar was judged");
            terminal.out().println();
            terminal.out().println(totals(report));
        }
        wrong(report);
        kept.ifPresent(this::whereItIs);
        if (report.ok() && !json) {
            next();
        }
        return report.ok() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static String totals(Report report) {
        long ok = report.verdicts().stream().filter(DemoResult::ok).count();
        return ok + " of " + report.verdicts().size() + " avatars ended as they should" + System.lineSeparator()
                + report.checks() + " checks, " + report.questions() + " requests to fal, " + report.results()
                + " results, "
                + report.restarts() + (report.restarts() == 1 ? " restart, " : " restarts, ")
                + report.events() + " events, " + report.took().toSeconds() + " s";
    }

    private void wrong(Report report) {
        PrintWriter err = terminal.err();
        report.problems().forEach(problem -> err.println("NOT OK " + UntrustedText.cell(problem)));
        for (DemoResult verdict : report.verdicts()) {
            verdict.wrong()
                    .forEach(wrong -> err.println("NOT OK " + verdict.avatar() + ": " + UntrustedText.cell(wrong)));
        }
        if (!report.logTail().isEmpty()) {
            err.println("The worker's last words:");
            report.logTail().forEach(line -> err.println("  " + UntrustedText.cell(line)));
        }
    }

    private void whereItIs(Demo demo) {
        PrintWriter out = json ? terminal.err() : terminal.out();
        out.println();
        out.println("Kept in " + demo.directory() + ": database and worker.log. To look into the database:");
        out.println("  AVATAR_MONITOR_DB_URL='" + demo.databaseUrl() + "' " + program() + " events");
    }

    private void next() {
        PrintWriter out = terminal.out();
        out.println();
        out.println(terminal.bold("Next, your own trainings:"));
        out.println("  export FAL_KEY=id:secret");
        out.println("  # without the next line: H2 in ./data");
        out.println("  export AVATAR_MONITOR_DB_URL='jdbc:postgresql://host/name?sslmode=verify-full'");
        out.println("  " + program() + " worker");
    }

    /** Returns the command with which this program was started. */
    private static String program() {
        String launcher = System.getProperty(LAUNCHER);
        if (launcher != null) {
            return launcher.contains(" ") ? "'" + launcher + "'" : launcher;
        }
        String classPath = System.getProperty("java.class.path");
        boolean jar = classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator);
        return jar ? "java -jar " + classPath : "avatar-monitor";
    }

    private void printJson(Report report, JsonArray avatars) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("ok", report.ok());
        members.put("avatars", avatars);
        members.put("problems", report.problems());
        members.put("checks", report.checks());
        members.put("questions_to_fal", report.questions());
        members.put("results_fetched", report.results());
        members.put("restarts", report.restarts());
        members.put("events", report.events());
        members.put("seconds", report.took());
        Json.print(terminal, Rows.json(members));
    }
}
