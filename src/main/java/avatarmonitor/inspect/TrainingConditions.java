package avatarmonitor.inspect;

import avatarmonitor.inspect.Condition.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The part of {@link Conditions} about trainings. */
final class TrainingConditions {
    private final Facts facts;
    private final List<Condition> found = new ArrayList<>();

    private TrainingConditions(Facts facts) {
        this.facts = facts;
    }

    static List<Condition> of(Facts facts) {
        TrainingConditions conditions = new TrainingConditions(facts);
        conditions.find();
        return conditions.found;
    }

    private void find() {
        if (!facts.unmonitoredAreNew()) {
            add(
                    Kind.UNMONITORED,
                    "unmonitored",
                    count -> are(count, "training") + " not monitored.",
                    "Workers schedule what they can within reconcile.scan-interval; avatar-monitor list --unwatched says why.");
        }
        add(
                Kind.ENDS_REFUSED,
                "ends_refused",
                count -> "The database refuses the end of " + CountText.many(count, "training") + ".",
                "avatar-monitor events says why (write_refused); what fal answered is kept and written once the cause is gone.");
        long late = facts.count("late");
        if (late > 0) {
            String by = facts.lateMostSeconds() == 0
                    ? ""
                    : (late == 1 ? ", by " : ", at most by ")
                            + AgeText.length(Duration.ofSeconds(facts.lateMostSeconds()));
            found.add(new Condition(
                    Kind.LATE,
                    late,
                    are(late, "check") + " late" + by + ".",
                    lateSince(),
                    "avatar-monitor list --late shows them."));
        }
        add(
                Kind.FAILING,
                "failing",
                count -> "The checks of " + CountText.many(count, "training") + " fail.",
                "avatar-monitor list --failing says why.");
        add(
                Kind.STALLED,
                "stalled",
                count -> are(count, "training")
                        + " stalled: older than monitor.max-age or past their own deadline, no longer checked.",
                "avatar-monitor list --stalled shows them; check ID asks fal once more.");
        add(
                Kind.INVALID,
                "invalid",
                count -> are(count, "training") + " invalid: the application must correct "
                        + (count == 1 ? "its row." : "their rows."),
                "avatar-monitor list --unwatched says what is wrong with each.");
    }

    /** Adds the condition of the trainings that are counted by this name, if there are any. */
    private void add(Kind kind, String counted, LongFunction<String> text, String remedy) {
        long count = facts.count(counted);
        if (count > 0) {
            found.add(
                    new Condition(kind, count, text.apply(count), facts.since().get(counted), remedy));
        }
    }

    private static String are(long count, String one) {
        return CountText.many(count, one) + CountText.are(count);
    }

    /** Returns when the most delayed check became late; null when its delay is unknown. */
    private @Nullable Instant lateSince() {
        long tooLate = facts.lateMostSeconds() - AvatarList.LATE_SECONDS;
        return tooLate <= 0 ? null : facts.at().minusSeconds(tooLate);
    }
}
