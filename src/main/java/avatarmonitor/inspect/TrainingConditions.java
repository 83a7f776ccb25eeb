package avatarmonitor.inspect;

import avatarmonitor.inspect.Condition.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of {@link Conditions} about trainings. */
final class TrainingConditions {
    private TrainingConditions() {}

    static List<Condition> of(Facts facts) {
        List<Condition> found = new ArrayList<>();
        long unmonitored = facts.count("unmonitored");
        if (unmonitored > 0 && !facts.unmonitoredAreNew()) {
            found.add(
                    new Condition(
                            Kind.UNMONITORED,
                            unmonitored,
                            CountText.many(unmonitored, "training") + CountText.are(unmonitored) + " not monitored.",
                            facts.since().get("unmonitored"),
                            "Workers schedule what they can within reconcile.scan-interval; avatar-monitor list --unwatched says why."));
        }
        long refused = facts.count("ends_refused");
        if (refused > 0) {
            found.add(
                    new Condition(
                            Kind.ENDS_REFUSED,
                            refused,
                            "The database refuses the end of " + CountText.many(refused, "training") + ".",
                            facts.since().get("ends_refused"),
                            "avatar-monitor events says why (write_refused); what fal answered is kept and written once the cause is gone."));
        }
        long late = facts.count("late");
        if (late > 0) {
            String by = facts.lateMostSeconds() == 0
                    ? ""
                    : late == 1
                            ? ", by " + AgeText.length(Duration.ofSeconds(facts.lateMostSeconds()))
                            : ", at most by " + AgeText.length(Duration.ofSeconds(facts.lateMostSeconds()));
            found.add(new Condition(
                    Kind.LATE,
                    late,
                    CountText.many(late, "check") + CountText.are(late) + " late" + by + ".",
                    lateSince(facts),
                    "avatar-monitor list --late shows them."));
        }
        long failing = facts.count("failing");
        if (failing > 0) {
            found.add(new Condition(
                    Kind.FAILING,
                    failing,
                    "The checks of " + CountText.many(failing, "training") + " fail.",
                    facts.since().get("failing"),
                    "avatar-monitor list --failing says why."));
        }
        long stalled = facts.count("stalled");
        if (stalled > 0) {
            found.add(new Condition(
                    Kind.STALLED,
                    stalled,
                    CountText.many(stalled, "training") + CountText.are(stalled)
                            + " stalled: older than monitor.max-age or past their own deadline, no longer checked.",
                    facts.since().get("stalled"),
                    "avatar-monitor list --stalled shows them; check ID asks fal once more."));
        }
        long invalid = facts.count("invalid");
        if (invalid > 0) {
            found.add(new Condition(
                    Kind.INVALID,
                    invalid,
                    CountText.many(invalid, "training") + CountText.are(invalid)
                            + " invalid: the application must correct " + (invalid == 1 ? "its row." : "their rows."),
                    facts.since().get("invalid"),
                    "avatar-monitor list --unwatched says what is wrong with each."));
        }
        return found;
    }

    /** Returns when the most delayed check became late; null when its delay is unknown. */
    private static @Nullable Instant lateSince(Facts facts) {
        long tooLate = facts.lateMostSeconds() - AvatarList.LATE_SECONDS;
        return tooLate <= 0 ? null : facts.at().minusSeconds(tooLate);
    }
}
