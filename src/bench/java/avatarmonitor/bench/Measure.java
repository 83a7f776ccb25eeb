package avatarmonitor.bench;

/** One question that is asked of several contestants. */
interface Measure {
    String name();

    /** Whether it belongs to the short form. */
    boolean quick();

    /** Whether it runs only when it is asked for by name. */
    default boolean byNameOnly() {
        return false;
    }

    void run(Bench bench) throws Exception;
}
