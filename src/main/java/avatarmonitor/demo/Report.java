package avatarmonitor.demo;

import java.time.Duration;
import java.util.List;

/**
 * How the demo ended.
 *
 * @param verdicts one for each avatar; empty when it was broken off
 * @param problems what went wrong besides
 * @param checks that the workers made; fewer questions reach fal, since an answer holds for a few seconds
 * @param questions status questions that fal counted
 * @param results results that fal gave out
 * @param restarts of the worker
 * @param events in the event log
 * @param logTail last lines of the worker's log; empty when all is well
 */
public record Report(
        List<Verdict> verdicts,
        List<String> problems,
        int checks,
        int questions,
        int results,
        int restarts,
        int events,
        Duration took,
        List<String> logTail) {

    public Report {
        verdicts = List.copyOf(verdicts);
        problems = List.copyOf(problems);
        logTail = List.copyOf(logTail);
    }

    /** Every avatar ended as it should, and nothing else went wrong. */
    public boolean ok() {
        return problems.isEmpty() && !verdicts.isEmpty() && verdicts.stream().allMatch(Verdict::ok);
    }

    Report with(List<String> lines) {
        return new Report(verdicts, problems, checks, questions, results, restarts, events, took, lines);
    }
}
