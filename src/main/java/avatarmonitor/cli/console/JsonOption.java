package avatarmonitor.cli.console;

import picocli.CommandLine.Option;

/** Option {@code --json} of every command that prints a table; used as a mixin. */
public final class JsonOption {
    @Option(names = "--json", description = "Print JSON instead of a table: one document, times in ISO-8601 UTC.")
    private boolean wanted;

    /** Returns whether {@code --json} was given. */
    public boolean wanted() {
        return wanted;
    }
}
