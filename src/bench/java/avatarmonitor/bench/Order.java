package avatarmonitor.bench;

/**
 * Task of one process.
 *
 * @param kind contestant
 * @param task what it does
 * @param url database of the measurement
 * @param warmUpUrl similar database for the warm-up
 * @param warmUp triggers that it fires there
 * @param warmUpSeconds longest time of the warm-up
 * @param triggers triggers of the measurement
 * @param plant whether it inserts them; otherwise another process does
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
        /** All triggers are due at once: measures how soon each has fired. */
        BACKLOG,
        /** Triggers are due spread over a minute, repeatedly: measures their delay. */
        STEADY,
        /** Triggers are stored with the contestant's own code. */
        STORE
    }
}
