package avatarmonitor.demo;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Steps of the demo while the trainings run: the user cancels and retrains, the worker is killed and restarted. */
final class DemoSteps {
    private enum Step {
        STARTING_WORKER,
        AWAITING_WORKER,
        SUBMITTED,
        MONITORED,
        CANCELLED_BY_USER,
        WORKER_KILLED,
        RETRAINED,
        AWAITING_RESTART,
        FINISHING
    }

    private static final Duration BEFORE_CANCEL = Duration.ofSeconds(3);
    private static final Duration BEFORE_KILL = Duration.ofSeconds(4);
    private static final Duration WITHOUT_WORKER = Duration.ofSeconds(1);

    private final List<DemoAvatar> avatars;
    private final Application application;
    private final LocalFal fal;
    private final Workers workers;
    private final InstantSource clock;
    private Step step = Step.STARTING_WORKER;
    private Duration since = Duration.ZERO;
    /** Time spent in finished steps in which a worker started. */
    private Duration spentStarting = Duration.ZERO;

    private Duration submittedAt = Duration.ZERO;
    private int requestsAtKill;
    private @Nullable String rowAfterCancel;

    DemoSteps(List<DemoAvatar> avatars, Application application, LocalFal fal, Workers workers, InstantSource clock) {
        this.avatars = avatars;
        this.application = application;
        this.fal = fal;
        this.workers = workers;
        this.clock = clock;
    }

    /** Returns whether the avatars have been inserted. */
    boolean submitted() {
        return step.compareTo(Step.AWAITING_WORKER) > 0;
    }

    /** Returns how long the current start of a worker has taken; zero when no worker is starting. */
    Duration startingFor(Duration now) {
        boolean awaited = step == Step.STARTING_WORKER || step == Step.AWAITING_WORKER || step == Step.AWAITING_RESTART;
        return awaited ? now.minus(since) : Duration.ZERO;
    }

    /** Returns the total time spent on starting workers. */
    Duration spentStarting(Duration now) {
        return spentStarting.plus(startingFor(now));
    }

    /** Returns whether all steps are done and enough time has passed for late writes to show. */
    boolean isOver(Duration now) {
        return step == Step.FINISHING && now.minus(submittedAt).compareTo(DemoAvatars.AFTERMATH_OVER) > 0;
    }

    /** Returns whether the row of the avatar that the user cancelled has changed since. */
    boolean cancelledWasTouched() {
        String before = rowAfterCancel;
        return before != null && !before.equals(rowOfCancelled());
    }

    /** Takes the next step when it is due; at most one per call. */
    void advance(Duration now, List<DemoSnapshot> avatars, Consumer<String> tell) throws InterruptedException {
        Step next = next(now.minus(since), avatars, tell);
        if (next != step) {
            spentStarting = spentStarting.plus(startingFor(now));
            step = next;
            since = now;
            if (step == Step.SUBMITTED) {
                submittedAt = now;
            }
        }
    }

    private Step next(Duration inStep, List<DemoSnapshot> snapshots, Consumer<String> tell)
            throws InterruptedException {
        switch (step) {
            case STARTING_WORKER -> {
                workers.start();
                tell.accept("worker started, process " + workers.pid());
                return Step.AWAITING_WORKER;
            }
            case AWAITING_WORKER -> {
                if (application.seesWorker()) {
                    handOver();
                    tell.accept("the application hands over " + avatars.size() + " trainings at the local fal queue");
                    return Step.SUBMITTED;
                }
            }
            case SUBMITTED -> {
                long monitored = snapshots.stream()
                        .filter(seen -> seen.statusRequests() > 0)
                        .count();
                if (monitored == avatars.stream().filter(DemoAvatar::eligible).count()) {
                    tell.accept(monitored + " trainings are monitored; the request id ../../x is never sent to fal");
                    return Step.MONITORED;
                }
            }
            case MONITORED -> {
                if (inStep.compareTo(BEFORE_CANCEL) > 0) {
                    application.cancel(role(DemoAvatars.CANCELLED_BY_USER), clock.instant());
                    rowAfterCancel = rowOfCancelled();
                    tell.accept(
                            "the user cancels " + DemoAvatars.CANCELLED_BY_USER + " in the application; fal trains on");
                    return Step.CANCELLED_BY_USER;
                }
            }
            case CANCELLED_BY_USER -> {
                if (inStep.compareTo(BEFORE_KILL) > 0) {
                    workers.kill();
                    requestsAtKill = fal.statusRequests();
                    tell.accept("worker killed (SIGKILL) while " + training(snapshots) + " trainings run unmonitored");
                    return Step.WORKER_KILLED;
                }
            }
            case WORKER_KILLED -> {
                if (inStep.compareTo(WITHOUT_WORKER) > 0) {
                    DemoAvatar again = role(DemoAvatars.RETRAINED);
                    fal.submit(again.last());
                    application.trainAgain(again, clock.instant());
                    tell.accept("the user trains " + again.name() + " again, with a new request id");
                    return Step.RETRAINED;
                }
            }
            case RETRAINED -> {
                if (inStep.compareTo(WITHOUT_WORKER) > 0) {
                    workers.start();
                    tell.accept("worker started again, process " + workers.pid());
                    return Step.AWAITING_RESTART;
                }
            }
            case AWAITING_RESTART -> {
                if (fal.statusRequests() > requestsAtKill) {
                    tell.accept("the worker goes on: " + training(snapshots) + " trainings to bring to their end");
                    return Step.FINISHING;
                }
            }
            case FINISHING -> {}
        }
        return step;
    }

    private void handOver() {
        for (DemoAvatar avatar : avatars) {
            fal.submit(avatar.first());
            application.handOver(avatar, clock.instant());
        }
    }

    /** Counts the trainings that a worker still has to end. */
    private long training(List<DemoSnapshot> avatars) {
        return avatars.stream()
                .filter(seen -> seen.isTraining() && role(seen.name()).eligible())
                .count();
    }

    private DemoAvatar role(String name) {
        return avatars.stream()
                .filter(avatar -> avatar.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no training of " + name));
    }

    private String rowOfCancelled() {
        return application.read(role(DemoAvatars.CANCELLED_BY_USER)).avatar().toString();
    }
}
