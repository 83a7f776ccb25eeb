package avatarmonitor.inspect;

import avatarmonitor.inspect.Condition.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of {@link Conditions} that judges the trainings. */
final class TrainingConditions {
    private TrainingConditions() {}

    static List<Condition> of(Facts facts) {
        List<Condition> found = new ArrayList<>();
        long unmonitored = facts.count("unwatched");
        if (unmonitored > 0) {
            found.add(
                    condition(
                            Kind.UNMONITORED,
                            unmonitored,
                            Phrases.many(unmonitored, "training") + Phrases.are(unmonitored) + " not monitored.",
                            "Workers schedule what they can within reconcile.scan-interval; avatar-monitor list --unwatched says why."));
        }
        long refused = facts.count("ends_refused");
        if (refused > 0) {
            found.add(
                    condition(
                            Kind.ENDS_REFUSED,
                            refused,
                            "The database refuses the end of " + Phrases.many(refused, "training") + ".",
                            "avatar-monitor events says why (write_refused); what fal answered is kept and written once the cause is gone."));
        }
        long late = facts.count("late");
        if (late > 0) {
            String by = facts.lateMostSeconds() == 0
                    ? ""
                    : late == 1
                            ? ", by " + Ages.length(Duration.ofSeconds(facts.lateMostSeconds()))
                            : ", at most by " + Ages.length(Duration.ofSeconds(facts.lateMostSeconds()));
            found.add(condition(
                    Kind.LATE,
                    late,
                    Phrases.many(late, "check") + Phrases.are(late) + " late" + by + ".",
                    "avatar-monitor list --late shows them."));
        }
        long failing = facts.count("failing");
        if (failing > 0) {
            found.add(condition(
                    Kind.FAILING,
                    failing,
                    "The checks of " + Phrases.many(failing, "training") + " fail.",
                    "avatar-monitor list --failing says why."));
        }
        long stalled = facts.count("stalled");
        if (stalled > 0) {
            found.add(condition(
                    Kind.STALLED,
                    stalled,
                    Phrases.many(stalled, "training") + Phrases.are(stalled)
                            + " stalled: older than monitor.max-age, no longer checked.",
                    "avatar-monitor list --stalled shows them; check ID asks fal once more."));
        }
        long invalid = facts.count("invalid");
        if (invalid > 0) {
            found.add(condition(
                    Kind.INVALID,
                    invalid,
                    Phrases.many(invalid, "training") + Phrases.are(invalid) + " invalid: the application must correct "
                            + (invalid == 1 ? "its row." : "their rows."),
                    "avatar-monitor list --unwatched says what is wrong with each."));
        }
        return found;
    }

    private static Condition condition(Kind kind, long count, String text, @Nullable String remedy) {
        return new Condition(kind, count, text, null, remedy);
    }
}
