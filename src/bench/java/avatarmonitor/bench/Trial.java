package avatarmonitor.bench;

/**
 * Parameters of one measurement.
 *
 * @param workers processes that share the database
 * @param far whether a network of 1 ms per round trip is in front of the database
 * @param boxSeconds longest time of firing or storing
 * @param tuning settings of the contestant
 */
record Trial(Kind kind, Order.Task task, int triggers, int workers, boolean far, int boxSeconds, Tuning tuning) {

    static Trial of(Kind kind, Order.Task task, int triggers, int boxSeconds) {
        return new Trial(kind, task, triggers, 1, false, boxSeconds, Tuning.BEST);
    }

    Trial tuned(Tuning other) {
        return new Trial(kind, task, triggers, workers, far, boxSeconds, other);
    }

    Trial fromFar() {
        return new Trial(kind, task, triggers, workers, true, boxSeconds, tuning);
    }
}
