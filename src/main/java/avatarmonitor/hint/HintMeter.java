package avatarmonitor.hint;

import java.time.Duration;

/** Is told what hints are worth. Must return at once and never throw. */
public interface HintMeter {
    /** A check that a hint brought about found the end of a training. */
    void found(HintSource source);

    /** Regular checks found ends that no hint reported in time. */
    void missed(long ends);

    /** The platform API listed the end of a training that was still monitored, this long after the end. */
    void listed(Duration lag);

    /** Whether hints are proven now. */
    void proven(boolean now);
}
