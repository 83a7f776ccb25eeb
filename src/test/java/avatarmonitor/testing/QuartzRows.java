package avatarmonitor.testing;

/** Rows that Quartz would write, as statements. */
public final class QuartzRows {
    /** The shared job of all checks. */
    public static final String STATUS_CHECK_JOB = "INSERT INTO qrtz_job_details VALUES"
            + " ('avatar-monitor', 'status-check', 'avatar', NULL, 'x', true, false, false, false, NULL)";

    private QuartzRows() {}

    /**
     * Returns a waiting trigger of that job.
     *
     * @param name the avatar's id
     * @param nextFireTime milliseconds since 1970, or an SQL expression of them
     */
    public static String trigger(String name, Object nextFireTime) {
        return "INSERT INTO qrtz_triggers VALUES ('avatar-monitor', '" + name
                + "', 'avatar', 'status-check', 'avatar', NULL, " + nextFireTime
                + ", -1, 5, 'WAITING', 'SIMPLE', 1, 0, NULL, 4, NULL)";
    }
}
