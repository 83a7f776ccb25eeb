package avatarmonitor.web;

import java.util.Optional;

/** Whether this worker can do its work. */
public interface Health {
    /** Why not, in a few words; empty when it can. May ask the database. */
    Optional<String> trouble();
}
