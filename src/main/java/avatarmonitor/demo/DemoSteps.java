package avatarmonitor.demo;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Steps of the demo while the trainings run: the user cancels and retrains, the worker is killed and restarted. */
final class DemoSteps {
    private enum Act {
        RAISING_THE_CURTAIN,
        WORKER_STARTS,
        HANDED_OVER,
        WATCHING,
        CANCELLED_BY_USER,
        WORKER_KILLED,
        TRAINED_AGAIN,
        WORKER_STARTS_AGAIN,
        GOING_ON
    }

    private static final Duration BEFORE_CANCEL = Duration.ofSeconds(3);
    private static final Duration BEFORE_KILL = Duration.ofSeconds(4);
    private static final Duration WITHOUT_WORKER = Duration.ofSeconds(1);

    private final List<DemoAvatar> roles;
    private final Application application;
    private final LocalFal fal;
    private final Workers workers;
    private final InstantSource clock;
    private Act act = Act.RAISING_THE_CURTAIN;
    private Duration since = Duration.ZERO;
    /** Time spent in finished steps in which a worker started. */
    private Duration spentStarting = Duration.ZERO;

    private Duration handedOverAt = Duration.ZERO;
    private int questionsAtKill;
    private @Nullable String rowAfterCancel;

    DemoSteps(List<DemoAvatar> roles, Application application, LocalFal fal, Workers workers, InstantSource clock) {
        this.roles = roles;
        this.application = application;
        this.fal = fal;
        this.workers = workers;
        this.clock = clock;
    }

    /** Returns whether the avatars have been inserted. */
    boolean handedOver() {
        return act.compareTo(Act.WORKER_STARTS) > 0;
    }

    /** Returns how long the current start of a worker has taken; zero when no worker is starting. */
    Duration startingFor(Duration now) {
        boolean awaited = act == Act.RAISING_THE_CURTAIN || act == Act.WORKER_STARTS || act == Act.WORKER_STARTS_AGAIN;
        return awaited ? now.minus(since) : Duration.ZERO;
    }

    /** Returns the total time spent on starting workers. */
    Duration spentStarting(Duration now) {
        return spentStarting.plus(startingFor(now));
    }

    /** Returns whether all steps are done and enough time has passed for late writes to show. */
    boolean isOver(Duration now) {
        return act == Act.GOING_ON && now.minus(handedOverAt).compareTo(DemoAvatars.AFTERMATH_OVER) > 0;
    }

    /** Returns whether the row of the avatar that the user cancelled has changed since. */
    boolean cancelledWasTouched() {
        String before = rowAfterCancel;
        return before != null && !before.equals(rowOfCancelled());
    }

    /** Takes the next step when it is due; at most one per call. */
    void advance(Duration now, List<DemoSnapshot> avatars, Consumer<String> tell) throws InterruptedException {
        Act next = next(now.minus(since), avatars, tell);
        if (next != act) {
            spentStarting = spentStarting.plus(startingFor(now));
            act = next;
            since = now;
            if (act == Act.HANDED_OVER) {
                handedOverAt = now;
            }
        }
    }

    private Act next(Duration inAct, List<DemoSnapshot> avatars, Consumer<String> tell) throws InterruptedException {
        switch (act) {
            case RAISING_THE_CURTAIN -> {
                workers.start();
                tell.accept("worker started, process " + workers.pid());
                return Act.WORKER_STARTS;
            }
            case WORKER_STARTS -> {
                if (application.seesWorker()) {
                    handOver();
                    tell.accept("the application hands over " + roles.size() + " trainings at the local fal queue");
                    return Act.HANDED_OVER;
                }
            }
            case HANDED_OVER -> {
                long watched =
                        avatars.stream().filter(seen -> seen.questions() > 0).count();
                if (watched == roles.stream().filter(DemoAvatar::eligible).count()) {
                    tell.accept(watched + " trainings are monitored; the request id ../../x is never sent to fal");
                    return Act.WATCHING;
                }
            }
            case WATCHING -> {
                if (inAct.compareTo(BEFORE_CANCEL) > 0) {
                    application.cancel(role(DemoAvatars.CANCELLED_BY_USER), clock.instant());
                    rowAfterCancel = rowOfCancelled();
                    tell.accept(
                            "the user cancels " + DemoAvatars.CANCELLED_BY_USER + " in the application; fal trains on");
                    return Act.CANCELLED_BY_USER;
                }
            }
            case CANCELLED_BY_USER -> {
                if (inAct.compareTo(BEFORE_KILL) > 0) {
                    workers.kill();
                    questionsAtKill = fal.questions();
                    tell.accept("worker killed (SIGKILL) while " + training(avatars) + " trainings run unmonitored");
                    return Act.WORKER_KILLED;
                }
            }
            case WORKER_KILLED -> {
                if (inAct.compareTo(WITHOUT_WORKER) > 0) {
                    DemoAvatar again = role(DemoAvatars.TRAINED_AGAIN);
                    fal.submit(again.last());
                    application.trainAgain(again, clock.instant());
                    tell.accept("the user trains " + again.name() + " again, with a new request id");
                    return Act.TRAINED_AGAIN;
                }
            }
            case TRAINED_AGAIN -> {
                if (inAct.compareTo(WITHOUT_WORKER) > 0) {
                    workers.start();
                    tell.accept("worker started again, process " + workers.pid());
                    return Act.WORKER_STARTS_AGAIN;
                }
            }
            case WORKER_STARTS_AGAIN -> {
                if (fal.questions() > questionsAtKill) {
                    tell.accept("the worker goes on: " + training(avatars) + " trainings to bring to their end");
                    return Act.GOING_ON;
                }
            }
            case GOING_ON -> {}
        }
        return act;
    }

    private void handOver() {
        for (DemoAvatar role : roles) {
            fal.submit(role.first());
            application.handOver(role, clock.instant());
        }
    }

    /** Counts the trainings that a worker still has to end. */
    private long training(List<DemoSnapshot> avatars) {
        return avatars.stream()
                .filter(seen -> seen.isTraining() && role(seen.name()).eligible())
                .count();
    }

    private DemoAvatar role(String name) {
        return roles.stream()
                .filter(role -> role.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no training of " + name));
    }

    private String rowOfCancelled() {
        return application.look(role(DemoAvatars.CANCELLED_BY_USER)).avatar().toString();
    }
}
