package avatarmonitor.demo;

import java.time.Duration;
import java.util.List;

/** Who looks on while the demo runs. */
public interface Audience {
    /** Something happened that is not about one avatar: one sentence. */
    void told(Duration at, String sentence);

    /** All avatars as they are now; comes several times a second. */
    void looked(Duration at, List<Seen> avatars);
}
