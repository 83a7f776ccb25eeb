package avatarmonitor.demo;

import java.time.Duration;
import java.util.List;

/** Listener for the progress of the demo. */
public interface DemoListener {
    /** Reports a step of the demo that concerns no single avatar, as one sentence. */
    void message(Duration at, String sentence);

    /** Reports a snapshot of all avatars; called several times a second. */
    void progress(Duration at, List<DemoSnapshot> avatars);
}
