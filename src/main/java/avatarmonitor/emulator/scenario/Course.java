package avatarmonitor.emulator.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Path of one request through the queue, as a function of the time since its submission.
 *
 * @param queue time in the queue
 * @param queueLength its {@code queue_position} on entering the queue; counts down to 0 while it waits
 * @param run duration of the run
 * @param requeue when positive: halfway through the run the request returns to the queue for this long and then
 *     runs again (docs/fal-contract.md section 1: a runner was lost)
 * @param stall the phase that it never leaves
 */
public record Course(Duration queue, int queueLength, Duration run, Duration requeue, Stall stall) {
    /** Longest duration of one part. */
    public static final Duration LONGEST = Duration.ofDays(30);

    /** Phase in which a request stays forever. */
    public enum Stall {
        NEVER,
        IN_QUEUE,
        IN_PROGRESS
    }

    /**
     * Position of the request: {@code position} applies only while it waits, {@code ran} is the duration of the current
     * run.
     */
    public record Place(Phase phase, int position, Duration ran) {}

    private record Stretch(Phase phase, Duration length, int position) {}

    public Course {
        if (outOfRange(queue) || outOfRange(run) || outOfRange(requeue) || queueLength < 0) {
            throw new IllegalArgumentException("not within 0 and " + LONGEST + ": queue=" + queue + " run=" + run
                    + " requeue=" + requeue + " queueLength=" + queueLength);
        }
    }

    public Place at(Duration sinceSubmit) {
        Duration left = sinceSubmit.isNegative() ? Duration.ZERO : sinceSubmit;
        for (Stretch stretch : stretches()) {
            boolean stuck = stalledIn(stretch);
            if (stuck || left.compareTo(stretch.length) < 0) {
                int position = stuck ? stretch.position : positionAfter(left, stretch);
                return new Place(stretch.phase, position, stretch.phase == Phase.IN_PROGRESS ? left : Duration.ZERO);
            }
            left = left.minus(stretch.length);
        }
        return new Place(Phase.COMPLETED, 0, run);
    }

    /** Total duration; empty when the request never ends. */
    public Optional<Duration> length() {
        Duration whole = Duration.ZERO;
        for (Stretch stretch : stretches()) {
            if (stalledIn(stretch)) {
                return Optional.empty();
            }
            whole = whole.plus(stretch.length);
        }
        return Optional.of(whole);
    }

    private static boolean outOfRange(Duration part) {
        return part.isNegative() || part.compareTo(LONGEST) > 0;
    }

    private List<Stretch> stretches() {
        List<Stretch> stretches = new ArrayList<>(4);
        stretches.add(new Stretch(Phase.IN_QUEUE, queue, queueLength));
        if (!requeue.isZero()) {
            stretches.add(new Stretch(Phase.IN_PROGRESS, run.dividedBy(2), 0));
            stretches.add(new Stretch(Phase.IN_QUEUE, requeue, 0));
        }
        stretches.add(new Stretch(Phase.IN_PROGRESS, run, 0));
        return stretches;
    }

    private boolean stalledIn(Stretch stretch) {
        return switch (stall) {
            case NEVER -> false;
            case IN_QUEUE -> stretch.phase == Phase.IN_QUEUE;
            case IN_PROGRESS -> stretch.phase == Phase.IN_PROGRESS;
        };
    }

    private static int positionAfter(Duration waited, Stretch stretch) {
        if (stretch.phase != Phase.IN_QUEUE) {
            return 0;
        }
        double done = (double) waited.toNanos() / stretch.length.toNanos();
        return (int) Math.ceil(stretch.position * (1 - done));
    }
}
