package avatarmonitor.cli.console;

/** Exit codes of the process; scripts depend on them. */
public final class ExitCode {
    public static final int DONE = 0;
    public static final int FAILED = 1;
    /** Wrong usage or configuration: retrying without a change does not help. */
    public static final int WRONG_USAGE = 2;

    private ExitCode() {}
}
