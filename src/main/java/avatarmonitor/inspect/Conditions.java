package avatarmonitor.inspect;

import avatarmonitor.inspect.Condition.Kind;
import avatarmonitor.pause.PollingPause;
import avatarmonitor.store.clock.ClockOffset;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Derives the conditions of the whole system from facts, the worst first. The page, {@code doctor}, the API and the
 * footers of the tables all use this class, so that they agree. Pure.
 */
public final class Conditions {
    /** Requests in a minute from which on the absence of any answer counts at once. */
    private static final long MANY_REQUESTS = 5;

    /** With fewer requests, time without an answer before it counts. */
    private static final Duration SILENT_FOR = Duration.ofMinutes(2);

    /** Share of unanswered requests that causes a condition, in percent. */
    private static final long UNANSWERED_PERCENT = 10;

    private final Facts facts;
    private final List<Condition> found = new ArrayList<>();

    private Conditions(Facts facts) {
        this.facts = facts;
    }

    /** Returns the conditions, the worst first; never empty. */
    public static List<Condition> of(Facts facts) {
        Conditions judged = new Conditions(facts);
        judged.workers();
        judged.clocks();
        judged.pausesByOperators();
        judged.pauses();
        judged.answers();
        judged.endpoints();
        judged.rate();
        judged.found.addAll(TrainingConditions.of(facts));
        judged.schedule();
        if (judged.found.isEmpty()) {
            judged.found.add(new Condition(Kind.WELL, facts.count("watched"), judged.well(), null, null));
        }
        // Kinds are declared in the order of severity; the sort is stable within one kind.
        judged.found.sort(Comparator.comparing(Condition::kind));
        return List.copyOf(judged.found);
    }

    private void add(Kind kind, long count, String text, @Nullable Instant since, @Nullable String remedy) {
        found.add(new Condition(kind, count, text, since, remedy));
    }

    private void workers() {
        int known = facts.workers().size();
        List<WorkerFacts> gone =
                facts.workers().stream().filter(worker -> !worker.alive()).toList();
        if (gone.size() == known) {
            long training = facts.count("training");
            add(
                    Kind.NO_WORKER,
                    training,
                    training == 0
                            ? "No worker is alive."
                            : "No worker is alive: " + CountText.many(training, "training") + CountText.are(training)
                                    + " not checked.",
                    latest(gone),
                    "Start one: avatar-monitor worker.");
        } else if (!gone.isEmpty()) {
            add(
                    Kind.WORKER_GONE,
                    gone.size(),
                    gone.size() + " of " + CountText.many(known, "worker") + CountText.are(gone.size()) + " not alive.",
                    latest(gone),
                    "The others take over what it held within seconds; avatar-monitor workers shows which.");
        }
    }

    private static @Nullable Instant latest(List<WorkerFacts> workers) {
        return workers.stream()
                .flatMap(worker -> Stream.ofNullable(worker.lastCheckIn()))
                .max(Instant::compareTo)
                .orElse(null);
    }

    private void clocks() {
        Map<String, LastingEvents.WrongClock> clockEvents = facts.lasting().clocks();
        List<WorkerFacts> off = facts.alive().stream()
                .filter(worker -> tooFar(worker.clockBehind()) || clockEvents.containsKey(worker.name()))
                .toList();
        if (!off.isEmpty()) {
            WorkerFacts first = off.get(0);
            LastingEvents.WrongClock event = clockEvents.get(first.name());
            // On H2 the database's clock is the worker's own: only the event shows the deviation.
            Duration behind = tooFar(first.clockBehind()) || event == null ? first.clockBehind() : event.behind();
            add(
                    Kind.CLOCK_OFF,
                    off.size(),
                    "The clock of " + names(off) + (off.size() == 1 ? " is " : ", the first of them ")
                            + AgeText.length(behind.abs()) + (behind.isNegative() ? " ahead of" : " behind")
                            + " the database's: it checks nothing.",
                    off.stream()
                            .flatMap(worker -> Stream.ofNullable(clockEvents.get(worker.name())))
                            .map(LastingEvents.WrongClock::since)
                            .min(Instant::compareTo)
                            .orElse(null),
                    "Let NTP set the clocks of all machines.");
        }
    }

    private static boolean tooFar(Duration behind) {
        return behind.abs().compareTo(ClockOffset.MAX) > 0;
    }

    private void pausesByOperators() {
        for (PollingPause pause : facts.lasting().pauses()) {
            add(
                    Kind.PAUSED_BY_OPERATOR,
                    pause.type() == null ? facts.count("watched") : 1,
                    pause.words() + ". It lasts " + pause.untilWords() + ".",
                    pause.since(),
                    "To end it: avatar-monitor resume"
                            + (pause.type() == null ? "." : " --type " + pause.type() + "."));
        }
    }

    private void pauses() {
        List<WorkerFacts> paused = facts.alive().stream()
                .filter(worker -> worker.refused() != null)
                .toList();
        paused.stream()
                .collect(Collectors.groupingBy(worker -> String.valueOf(worker.refused())))
                .forEach(this::pause);
    }

    private void pause(String refused, List<WorkerFacts> workers) {
        Instant since = workers.stream()
                .flatMap(worker -> Stream.ofNullable(worker.pausedSince()))
                .min(Instant::compareTo)
                .orElse(null);
        int alive = facts.alive().size();
        String where = workers.size() == alive ? "" : " on " + workers.size() + " of " + alive + " workers";
        String reason = workers.get(0).pauseReason();
        if (refused.equals("pace")) {
            Instant until = workers.get(0).pausedUntil();
            add(
                    Kind.POLLING_PAUSED,
                    workers.size(),
                    "Polling paused" + where + ": fal asks for fewer requests (429)."
                            + (until == null ? "" : " It goes on at " + until.truncatedTo(ChronoUnit.SECONDS) + "."),
                    since,
                    "It goes on by itself; if it happens often, lower fal.requests-per-second or raise monitor.interval.");
        } else if (refused.equals("account")) {
            add(
                    Kind.ACCOUNT_LOCKED,
                    workers.size(),
                    "Polling stopped" + where + ": " + (reason == null ? "fal has locked the account" : reason) + ".",
                    since,
                    "Top up the fal account or ask fal; workers go on by themselves.");
        } else {
            add(
                    Kind.KEY_REFUSED,
                    workers.size(),
                    "Polling stopped" + where + ": " + (reason == null ? "fal rejects the API key" : reason) + ".",
                    since,
                    "Set FAL_KEY to a key that fal accepts and restart the workers.");
        }
    }

    private void answers() {
        boolean stopped = found.stream()
                .anyMatch(condition -> condition.kind() == Kind.KEY_REFUSED || condition.kind() == Kind.ACCOUNT_LOCKED);
        long requests = facts.requests();
        long answered = facts.answered();
        if (stopped || requests == 0) {
            return;
        }
        String share = CountText.count(answered) + " of " + CountText.many(requests, "request")
                + " answered in the last minute";
        Instant since = facts.silentSince();
        boolean silent = since != null && !since.plus(SILENT_FOR).isAfter(facts.at());
        if (answered == 0 && (requests >= MANY_REQUESTS || silent)) {
            String why = facts.alive().stream()
                    .flatMap(worker -> Stream.ofNullable(worker.lastFailure()))
                    .findFirst()
                    .map(failure -> " (" + failure + ")")
                    .orElse("");
            add(
                    Kind.FAL_DOWN,
                    requests,
                    "fal does not answer: " + share + why + ".",
                    since,
                    "Look at https://status.fal.ai, then check fal.base-url and the network. Checks go on by themselves.");
        } else if (requests >= MANY_REQUESTS && (requests - answered) * 100 > requests * UNANSWERED_PERCENT) {
            add(
                    Kind.FAL_UNRELIABLE,
                    requests - answered,
                    "fal answers unreliably: " + share + ".",
                    null,
                    "avatar-monitor list --failing shows what it says; checks go on by themselves.");
        }
    }

    private void endpoints() {
        List<String> alive = facts.alive().stream().map(WorkerFacts::name).toList();
        facts.lasting().endpoints().stream()
                .filter(unknown -> alive.contains(unknown.worker()))
                .min(Comparator.comparing(LastingEvents.UnknownEndpoint::since))
                .ifPresent(unknown -> add(
                        Kind.ENDPOINT_UNKNOWN,
                        facts.lasting().endpoints().size(),
                        "fal does not have the configured endpoint " + unknown.endpoint() + ".",
                        unknown.since(),
                        "Correct " + (unknown.keys().isEmpty() ? "the endpoint" : unknown.keys())
                                + " and restart the workers."));
    }

    private void rate() {
        Optional<Double> needed = facts.neededPerSecond();
        Optional<Long> allowed = facts.allowedPerSecond();
        if (needed.isEmpty() || allowed.isEmpty() || needed.get() <= allowed.get()) {
            return;
        }
        long monitored = facts.count("watched");
        Duration each = facts.meanWait(allowed.get());
        add(
                Kind.RATE_TOO_LOW,
                monitored,
                String.format(
                        Locale.ROOT,
                        "The rate limit is too low for %s: they need %s requests per second, %s %s allowed. On average"
                                + " each is checked every %d s instead of every %d s.",
                        CountText.many(monitored, "training"),
                        CountText.rate(needed.get()),
                        CountText.count(allowed.get()),
                        allowed.get() == 1 ? "is" : "are",
                        each.toSeconds(),
                        Math.round(monitored / needed.get())),
                facts.lasting().rateTooLowSince(),
                "Raise fal.requests-per-second if fal allows it, or raise monitor.interval to " + (each.toSeconds() + 1)
                        + "s.");
    }

    private void schedule() {
        for (Facts.Fault fault : facts.faults()) {
            add(
                    Kind.SCHEDULE_FAULT,
                    fault.count(),
                    "Fault of the schedule: " + CountText.count(fault.count()) + " "
                            + fault.kind().replace('_', ' ') + ", such as " + fault.subject() + ": " + fault.problem()
                            + ".",
                    null,
                    "Workers repair it within reconcile.scan-interval; avatar-monitor doctor --repair does it now.");
        }
    }

    private String well() {
        long monitored = facts.count("watched");
        long coming = facts.count("unmonitored");
        if (coming > 0) {
            return CountText.many(monitored, "training") + CountText.are(monitored) + " monitored, "
                    + CountText.count(coming) + (coming == 1 ? " new one is" : " new ones are")
                    + " about to be. Nothing is late.";
        }
        if (facts.count("training") == 0 || monitored == 0) {
            return "No training runs.";
        }
        return (monitored == 1
                        ? "The one training is monitored."
                        : "All " + CountText.many(monitored, "training") + " are monitored.")
                + " Nothing is late.";
    }

    private static String names(List<WorkerFacts> workers) {
        return workers.size() == 1 ? workers.get(0).name() : workers.size() + " workers";
    }
}
