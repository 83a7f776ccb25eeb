package avatarmonitor.schedule.quartz;

import java.io.IOException;
import org.quartz.JobPersistenceException;

/** Lets tests of other packages reach parts of a node that only this one knows. */
public final class Inside {
    private Inside() {}

    /** One search for misfired triggers, as Quartz's thread makes it. */
    public static void recoverMisfires(QuartzNode node) throws JobPersistenceException {
        ((ClusteredJobStore) node.jobStore()).doRecoverMisfires();
    }

    /** The node comes back this moment from a minute without the database. */
    public static void backFromAnOutage(QuartzNode node) {
        DatabaseOutageDetector reach = ((ClusteredJobStore) node.jobStore()).heartbeat.reach;
        long nanos = System.nanoTime();
        reach.answered(nanos - 60_000_000_000L);
        reach.answered(nanos);
    }

    /**
     * A delegate as the job store has it.
     *
     * @param checksToo whether Quartz acquires checks too
     */
    public static IndexedDelegate delegate(boolean checksToo) {
        return new IndexedDelegate(checksToo);
    }

    public static TriggerRows portableRows() {
        return new JdbcTriggerRows(new IndexedDelegate(true));
    }

    /**
     * The rows of PostgreSQL.
     *
     * @param misfiredMax misfired triggers of one batch
     */
    public static TriggerRows postgresRows(int misfiredMax) {
        return new PostgresTriggerRows(new JdbcTriggerRows(new IndexedDelegate(true)), misfiredMax);
    }

    /** Reads a calendar as it stands in its row. */
    public static void readCalendar(byte[] bytes) throws IOException {
        CalendarText.read(bytes);
    }
}
