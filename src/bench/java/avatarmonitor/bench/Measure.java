package avatarmonitor.bench;

/** One question that is asked of several contestants. */
interface Measure {
    String name();

    /** Whether it belongs to the short form. */
    boolean quick();

    void run(Bench bench) throws Exception;
}
