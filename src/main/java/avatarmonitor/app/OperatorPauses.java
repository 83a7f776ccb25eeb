package avatarmonitor.app;

import avatarmonitor.event.EventWriter;
import avatarmonitor.observe.Meters;
import avatarmonitor.pause.PollingPause;
import avatarmonitor.pause.PollingPauses;
import avatarmonitor.store.Database;
import java.util.List;

/** Creates the pauses of a process, and describes their end. */
public final class OperatorPauses {
    private OperatorPauses() {}

    /** Reads the pauses in effect, and registers their metric. */
    static PollingPauses open(Database database, EventWriter events, Meters meters) {
        PollingPauses pauses = new PollingPauses(database, events);
        pauses.refresh();
        meters.flag(
                "paused_by_operator",
                "1 while an operator has paused polling, of all trainings or of a type",
                () -> !pauses.all().isEmpty());
        return pauses;
    }

    /**
     * Returns sentences about the result of {@link Operator#resume}: what goes on, and what is still paused.
     *
     * @param ended the ended pauses
     * @param left the pauses still in effect
     */
    public static String resumed(List<PollingPause> ended, List<PollingPause> left) {
        StringBuilder words = new StringBuilder();
        if (ended.isEmpty()) {
            words.append("It was not paused.");
        }
        for (PollingPause pause : ended) {
            words.append(words.isEmpty() ? "" : " ")
                    .append("Polling")
                    .append(pause.type() == null ? "" : " of " + pause.type() + " trainings")
                    .append(" goes on.");
        }
        left.forEach(pause ->
                words.append(" Still in effect: ").append(pause.words()).append("."));
        return words.toString();
    }
}
