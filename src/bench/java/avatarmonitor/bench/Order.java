package avatarmonitor.bench;

/**
 * What one process is to do.
 *
 * @param kind who it is
 * @param task what it does
 * @param url the database to measure on
 * @param warmUpUrl another one like it, which it may use up before
 * @param warmUp triggers that it fires there
 * @param warmUpSeconds longest time of that
 * @param triggers triggers on the database to measure on
 * @param plant whether it writes them; otherwise another process does
 * @param boxSeconds longest time of firing
 * @param tuning its settings
 */
record Order(
        Kind kind,
        Task task,
        String url,
        String warmUpUrl,
        int warmUp,
        int warmUpSeconds,
        int triggers,
        boolean plant,
        int boxSeconds,
        Tuning tuning) {

    enum Task {
        /** All triggers are due at once: how soon has each fired? */
        BACKLOG,
        /** Triggers are due spread over a minute, again and again: how late do they fire? */
        STEADY,
        /** Triggers are stored the contestant's own way. */
        STORE
    }
}
