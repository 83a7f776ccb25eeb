package avatarmonitor.cli.console;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Wrong usage of a command: exit code 2. */
public final class Usage {
    private Usage() {}

    /**
     * Returns the exception to throw.
     *
     * @param command set by picocli
     */
    public static ParameterException refused(@Nullable CommandSpec command, String problem) {
        if (command == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return new ParameterException(command.commandLine(), problem);
    }
}
