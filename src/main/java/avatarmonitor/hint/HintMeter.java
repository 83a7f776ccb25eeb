package avatarmonitor.hint;

import java.time.Duration;

/** Metrics of hints. Must return at once and never throw. */
public interface HintMeter {
    /** A check that a hint triggered found the end of a training. */
    void found(HintSource source);

    /** Regular checks found ends that no hint reported in time. */
    void missed(long ends);

    /**
     * The platform API listed the end of a training that was still monitored.
     *
     * @param lag time since the end
     */
    void listed(Duration lag);

    /** Sets whether hints are proven now. */
    void proven(boolean now);
}
