package avatarmonitor.cli;

/** Exit codes of the process; scripts depend on them. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    /** Wrong usage or configuration: retrying without a change does not help. */
    static final int WRONG_USAGE = 2;

    private ExitCode() {}
}
