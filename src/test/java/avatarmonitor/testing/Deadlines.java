package avatarmonitor.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Sets how long a test waits for an event where it names no deadline of its own. Long, because a busy machine delays
 * everything, and free, because a wait ends with its event.
 */
public final class Deadlines implements LauncherSessionListener {
    private static final Duration DEFAULT = Duration.ofSeconds(60);

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(DEFAULT);
    }
}
