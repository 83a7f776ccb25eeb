package avatarmonitor.web;

import java.util.Optional;

/** Readiness of this worker. */
public interface Health {
    /** Returns why the worker is not ready, in a few words; empty when it is. May query the database. */
    Optional<String> trouble();

    /**
     * Returns what a ready worker intentionally does not do, in a few words; empty when there is nothing. Never blocks.
     */
    default Optional<String> note() {
        return Optional.empty();
    }
}
