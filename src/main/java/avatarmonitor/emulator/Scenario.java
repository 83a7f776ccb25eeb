package avatarmonitor.emulator;

import java.time.Duration;
import java.util.List;

/**
 * The life of one request, settled in advance: its way through the queue, its end, and how it takes to cancelling.
 *
 * @param course its way through the queue
 * @param logs lines of its log, spread evenly over the run
 * @param outcome its end
 * @param resultKept how long after the end the result answers; 404 later
 * @param statusKept how long after the end the status answers; 404 later
 * @param cancelling what a cancel does
 * @param notifying how its webhook is sent
 * @param faults faults of this request's calls only; their {@code requestId} is filled in
 */
public record Scenario(
        Course course,
        List<LogLine> logs,
        Outcome outcome,
        Duration resultKept,
        Duration statusKept,
        Cancelling cancelling,
        Notifying notifying,
        List<Fault> faults) {
    /** {@code steps} of the portrait trainer (docs/fal-contract.md section 6). */
    private static final int PORTRAIT_STEPS = 2500;

    public Scenario {
        logs = List.copyOf(logs);
        faults = List.copyOf(faults);
    }

    /** Waits 2 s at position 2, runs 8 s, succeeds; the result is kept for one hour as at fal, the status for a day. */
    public static Scenario standard() {
        return new Scenario(
                new Course(Duration.ofSeconds(2), 2, Duration.ofSeconds(8), Duration.ZERO, Course.Stall.NEVER),
                LogLine.steps(PORTRAIT_STEPS),
                Outcome.success(),
                Duration.ofHours(1),
                Duration.ofDays(1),
                Cancelling.standard(),
                Notifying.standard(),
                List.of());
    }

    /** Over as soon as it is submitted, with this end. */
    public static Scenario ended(Outcome outcome) {
        return standard().withQueue(Duration.ZERO, 0).withRun(Duration.ZERO).withOutcome(outcome);
    }

    /** Stays in this phase for ever. */
    public static Scenario stalled(Course.Stall stall) {
        Scenario standard = standard();
        Course course = standard.course;
        return standard.withCourse(
                new Course(course.queue(), course.queueLength(), course.run(), course.requeue(), stall));
    }

    public Scenario withCourse(Course way) {
        return new Scenario(way, logs, outcome, resultKept, statusKept, cancelling, notifying, faults);
    }

    public Scenario withQueue(Duration time, int length) {
        return withCourse(new Course(time, length, course.run(), course.requeue(), course.stall()));
    }

    public Scenario withRun(Duration time) {
        return withCourse(new Course(course.queue(), course.queueLength(), time, course.requeue(), course.stall()));
    }

    public Scenario withRequeue(Duration time) {
        return withCourse(new Course(course.queue(), course.queueLength(), course.run(), time, course.stall()));
    }

    public Scenario withLogs(List<LogLine> lines) {
        return new Scenario(course, lines, outcome, resultKept, statusKept, cancelling, notifying, faults);
    }

    public Scenario withOutcome(Outcome end) {
        return new Scenario(course, logs, end, resultKept, statusKept, cancelling, notifying, faults);
    }

    public Scenario withResultKept(Duration time) {
        return new Scenario(course, logs, outcome, time, statusKept, cancelling, notifying, faults);
    }

    public Scenario withStatusKept(Duration time) {
        return new Scenario(course, logs, outcome, resultKept, time, cancelling, notifying, faults);
    }

    public Scenario withCancelling(Cancelling conduct) {
        return new Scenario(course, logs, outcome, resultKept, statusKept, conduct, notifying, faults);
    }

    public Scenario withNotifying(Notifying conduct) {
        return new Scenario(course, logs, outcome, resultKept, statusKept, cancelling, conduct, faults);
    }

    public Scenario withFaults(List<Fault> list) {
        return new Scenario(course, logs, outcome, resultKept, statusKept, cancelling, notifying, list);
    }
}
