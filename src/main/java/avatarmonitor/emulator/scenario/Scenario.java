package avatarmonitor.emulator.scenario;

import java.time.Duration;
import java.util.List;

/**
 * Predefined behaviour of one request: its path through the queue, its end, and its response to cancelling.
 *
 * @param course path through the queue
 * @param logs lines of its log, spread evenly over the run
 * @param outcome its end
 * @param resultKept how long after the end the result is available; 404 later
 * @param statusKept how long after the end the status is available; 404 later
 * @param cancelling effect of a cancel
 * @param notifying behaviour of its webhook
 * @param listing its entry in the platform API
 * @param filesServed whether the emulator serves the files of its model; otherwise they cannot be fetched
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
        Listing listing,
        boolean filesServed,
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
                Listing.standard(),
                false,
                List.of());
    }

    /** Over as soon as it is submitted, with this end. */
    public static Scenario ended(Outcome outcome) {
        return standard().withQueue(Duration.ZERO, 0).withRun(Duration.ZERO).withOutcome(outcome);
    }

    /** Stays in this phase forever. */
    public static Scenario stalled(Course.Stall stall) {
        Scenario standard = standard();
        Course course = standard.course;
        return standard.withCourse(
                new Course(course.queue(), course.queueLength(), course.run(), course.requeue(), stall));
    }

    public Scenario withCourse(Course way) {
        return with(way, outcome, resultKept, statusKept, notifying, listing, filesServed, faults);
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

    public Scenario withOutcome(Outcome end) {
        return with(course, end, resultKept, statusKept, notifying, listing, filesServed, faults);
    }

    public Scenario withResultKept(Duration time) {
        return with(course, outcome, time, statusKept, notifying, listing, filesServed, faults);
    }

    public Scenario withStatusKept(Duration time) {
        return with(course, outcome, resultKept, time, notifying, listing, filesServed, faults);
    }

    public Scenario withNotifying(Notifying conduct) {
        return with(course, outcome, resultKept, statusKept, conduct, listing, filesServed, faults);
    }

    public Scenario withListing(Listing conduct) {
        return with(course, outcome, resultKept, statusKept, notifying, conduct, filesServed, faults);
    }

    /** Lets the emulator serve the files of its model. */
    public Scenario withFilesServed() {
        return with(course, outcome, resultKept, statusKept, notifying, listing, true, faults);
    }

    public Scenario withFaults(List<Fault> list) {
        return with(course, outcome, resultKept, statusKept, notifying, listing, filesServed, list);
    }

    private Scenario with(
            Course way,
            Outcome end,
            Duration result,
            Duration status,
            Notifying webhook,
            Listing history,
            boolean files,
            List<Fault> disturbances) {
        return new Scenario(way, logs, end, result, status, cancelling, webhook, history, files, disturbances);
    }
}
