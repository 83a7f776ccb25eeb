package avatarmonitor.emulator.scenario;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of a training's log.
 *
 * @param level STDERR, STDOUT, ERROR, INFO, WARN or DEBUG (docs/fal-contract.md section 1)
 */
public record LogLine(String message, String level) {
    private static final int STEPS_SHOWN = 10;

    /** Returns ten lines {@code step 250/2500} and so on, from which clients derive the progress. */
    static List<LogLine> steps(int steps) {
        List<LogLine> lines = new ArrayList<>(STEPS_SHOWN);
        for (int shown = 1; shown <= STEPS_SHOWN; shown++) {
            lines.add(new LogLine("step " + (long) steps * shown / STEPS_SHOWN + "/" + steps, "INFO"));
        }
        return lines;
    }
}
