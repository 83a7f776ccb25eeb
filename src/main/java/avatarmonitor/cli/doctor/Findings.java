package avatarmonitor.cli.doctor;

import java.util.function.Consumer;

/**
 * Passes on the lines of {@code doctor}.
 *
 * @param lines gets each line at once, since the next check may take a while
 */
record Findings(Consumer<DoctorResult> lines) {
    void ok(String what, String detail) {
        lines.accept(new DoctorResult(DoctorResult.Level.OK, what, detail, null));
    }

    void warn(String what, String detail, String advice) {
        lines.accept(new DoctorResult(DoctorResult.Level.WARN, what, detail, advice));
    }

    void fail(String what, String detail, String advice) {
        lines.accept(new DoctorResult(DoctorResult.Level.FAIL, what, detail, advice));
    }

    /** Reports the same detail as good, or as a warning with advice. */
    void okOrWarn(boolean good, String what, String detail, String advice) {
        if (good) {
            ok(what, detail);
        } else {
            warn(what, detail, advice);
        }
    }

    /** Reports the same detail as good, or as a failure with advice. */
    void okOrFail(boolean good, String what, String detail, String advice) {
        if (good) {
            ok(what, detail);
        } else {
            fail(what, detail, advice);
        }
    }
}
