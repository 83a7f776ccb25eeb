package avatarmonitor.cli;

/** What the process tells its caller; scripts depend on these. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    /** Wrong usage or configuration: trying again without a change is of no use. */
    static final int WRONG_USAGE = 2;

    private ExitCode() {}
}
