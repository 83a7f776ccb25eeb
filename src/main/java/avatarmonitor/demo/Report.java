package avatarmonitor.demo;

import java.time.Duration;
import java.util.List;

/**
 * Result of the demo.
 *
 * @param verdicts one for each avatar; empty when the demo was aborted
 * @param problems failures that concern no single avatar
 * @param checks number of checks by the workers; fal gets fewer requests, since answers are cached for a few
 *     seconds
 * @param questions number of status requests that fal received
 * @param results number of results that fal returned
 * @param restarts number of worker restarts
 * @param events number of events in the event log
 * @param logTail last lines of the worker's log; empty when everything succeeded
 */
public record Report(
        List<DemoResult> verdicts,
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

    /** Returns whether every avatar ended as expected and no other problem occurred. */
    public boolean ok() {
        return problems.isEmpty() && !verdicts.isEmpty() && verdicts.stream().allMatch(DemoResult::ok);
    }

    Report with(List<String> lines) {
        return new Report(verdicts, problems, checks, questions, results, restarts, events, took, lines);
    }
}
