package avatarmonitor.cli.console;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Option {@code --limit} of commands with long results; used as a mixin. */
public final class LimitOption {
    private static final int MOST = 100_000;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    private int rows = 100;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "Maximum number of rows. Default: ${DEFAULT-VALUE}")
    void rows(int wanted) {
        if (wanted < 1 || wanted > MOST) {
            throw Usage.refused(command, "--limit: expected a number from 1 to " + MOST + ", got " + wanted);
        }
        rows = wanted;
    }

    public int rows() {
        return rows;
    }
}
