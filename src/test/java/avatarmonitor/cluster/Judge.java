package avatarmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.Call;
import avatarmonitor.testing.Avatars;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Final verification of a run: every avatar ended as fal reported, by one write and one event; no avatar was unchecked
 * for too long; no worker was wrongly considered dead; no rows are left behind.
 */
final class Judge {
    /**
     * Longest time until the last training has ended and rows of dead workers are gone, in addition to two check
     * intervals.
     */
    private static final Duration END_MAX = Duration.ofMinutes(2);

    private static final int SHOWN = 10;

    private final Cluster cluster;
    private final List<String> problems = new ArrayList<>();

    private Judge(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Lets all trainings end, stops every worker in order, and verifies the result.
     *
     * @param unchecked longest allowed time between two checks of one avatar, in addition to the time of incidents
     */
    static void judge(Cluster cluster, String run, Duration unchecked) {
        new Judge(cluster).judge(run, unchecked);
    }

    private void judge(String run, Duration unchecked) {
        boolean settled = settles();
        Avatars avatars = cluster.avatars();
        if (!settled) {
            Leftovers.find(avatars, living()).forEach(left -> problems.add("left behind: " + left));
        }
        cluster.members().forEach(this::stop);
        Leftovers.find(avatars, List.of()).forEach(left -> problems.add("left behind after the stop of all: " + left));

        List<Call> calls = cluster.fal().calls();
        Ends ends = new Ends(avatars);
        Map<String, Training> byRequest =
                cluster.trainings().all().stream().collect(Collectors.toMap(Training::request, Function.identity()));
        List<Call> before = calls.stream()
                .filter(call -> {
                    Training training = byRequest.get(String.valueOf(call.requestId()));
                    return training != null && !ends.over(training, call);
                })
                .toList();
        Gaps gaps = new Gaps(before, cluster.incidents());
        Map<String, List<String>> tooLong = gaps.longerThan(unchecked);
        for (Training training : cluster.trainings().all()) {
            List<String> wrong = new ArrayList<>(ends.problems(training));
            wrong.addAll(tooLong.getOrDefault(training.request(), List.of()));
            if (!wrong.isEmpty()) {
                problems.add("avatar " + training.avatar() + ": " + String.join("; ", wrong) + "\n  "
                        + ends.history(training) + "\n  calls " + history(training, calls));
            }
        }
        problems.addAll(falseDeaths(avatars));
        long late = problems.stream()
                .filter(problem -> problem.contains(": not checked for"))
                .count();
        System.out.println(run + ": trainings=" + cluster.trainings().all().size() + " checks=" + gaps.checks()
                + " longest time between two checks=" + gaps.longest() + " without incidents=" + gaps.longestCounted()
                + " allowed=" + unchecked + " problems=" + problems.size() + " of them late=" + late);
        assertThat(problems.subList(0, Math.min(SHOWN, problems.size())))
                .as("%d problems, the first of them", problems.size())
                .isEmpty();
    }

    private boolean settles() {
        try {
            await().atMost(END_MAX.plus(cluster.interval().multipliedBy(2)))
                    .pollInterval(Duration.ofMillis(500))
                    .ignoreExceptions()
                    .until(() -> Leftovers.find(cluster.avatars(), living()).isEmpty()
                            && cluster.avatars().count("SELECT count(*) FROM avatars WHERE status = 'TRAINING'") == 0);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    private List<String> living() {
        return cluster.members().stream().map(Member::worker).toList();
    }

    private void stop(Member member) {
        // A worker that was just restarted has not yet installed its signal handlers.
        member.awaitUp();
        if (!member.process().isAlive()) {
            problems.add("worker " + member.worker() + " ended by itself");
        } else if (member.stop() != 0) {
            problems.add("worker " + member.worker() + " was stopped and did not end in order");
        }
    }

    /** A worker that was neither killed nor unreachable is alive, whatever the others report. */
    private List<String> falseDeaths(Avatars avatars) {
        List<String> found = new ArrayList<>();
        List<Map<String, @Nullable String>> lost = avatars.rows(
                "SELECT at, worker, CAST(detail AS text) AS detail FROM avatar_event WHERE type = 'worker_lost'");
        for (Map<String, @Nullable String> event : lost) {
            String detail = String.valueOf(event.get("detail"));
            if (cluster.incidents().suspects().stream().noneMatch(worker -> detail.contains("\"" + worker + "-"))) {
                found.add("taken for dead although it lived: " + event);
            }
        }
        return found;
    }

    private static List<String> history(Training training, List<Call> calls) {
        return calls.stream()
                .filter(call -> training.request().equals(call.requestId()))
                .map(call -> call.at() + " " + call.op() + " " + call.code())
                .toList();
    }
}
