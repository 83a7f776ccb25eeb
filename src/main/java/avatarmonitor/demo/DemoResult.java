package avatarmonitor.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Comparison of one avatar's final state with the expected one.
 *
 * @param expected for display
 * @param actual for display
 * @param wrong differences; empty when there are none
 */
public record DemoResult(String avatar, String expected, String actual, List<String> wrong) {
    /** Types of events that record an end written to the avatar; an avatar has at most one of them. */
    private static final Set<String> ENDINGS = Set.of("completed", "failed", "cancelled");

    public DemoResult {
        wrong = List.copyOf(wrong);
    }

    public boolean ok() {
        return wrong.isEmpty();
    }

    /** Compares a snapshot with the expected end. Pure. */
    static DemoResult of(DemoAvatar role, DemoSnapshot seen) {
        List<String> wrong = new ArrayList<>();
        DemoAvatar.Ending expected = role.expected();
        if (!seen.status().equals(expected.status())) {
            wrong.add("status is " + seen.status() + ", not " + expected.status());
        }
        if (!seen.model().equals(expected.model())) {
            wrong.add("the model is not what fal returned: " + seen.model() + ", not " + expected.model());
        }
        if (seen.status().equalsIgnoreCase("COMPLETED") && !seen.resultGiven()) {
            wrong.add("completed although fal never gave the result of request " + seen.requestId());
        }
        if (expected.error() == null
                ? seen.error() != null
                : seen.error() == null || !seen.error().contains(expected.error())) {
            wrong.add("training_error is " + seen.error() + ", not "
                    + (expected.error() == null ? "empty" : "about: " + expected.error()));
        }
        if (!role.last().requestId().equals(seen.requestId())) {
            wrong.add("fal_request_id is " + seen.requestId() + ", not "
                    + role.last().requestId());
        }
        if (expected.event() != null && !seen.events().contains(expected.event())) {
            wrong.add("no event " + expected.event());
        }
        List<String> endings = seen.events().stream().filter(ENDINGS::contains).collect(Collectors.toList());
        boolean oneEnding = expected.event() != null && ENDINGS.contains(expected.event());
        if (!endings.equals(oneEnding ? List.of(expected.event()) : List.of())) {
            wrong.add("ends in the event log: " + endings);
        }
        if (!role.eligible() && seen.statusRequests() > 0) {
            wrong.add("fal was asked about it");
        }
        return new DemoResult(role.name(), expected.words(), seen.ending(), wrong);
    }
}
