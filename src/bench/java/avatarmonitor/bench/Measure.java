package avatarmonitor.bench;

/** One measurement of several contestants. */
interface Measure {
    String name();

    /** Returns whether it belongs to the short form. */
    boolean quick();

    /** Returns whether it runs only when requested by name. */
    default boolean byNameOnly() {
        return false;
    }

    void run(Bench bench) throws Exception;
}
