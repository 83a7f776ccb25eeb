package avatarmonitor.schedule;

import avatarmonitor.store.Database;
import avatarmonitor.store.StoreConfig;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.quartz.JobExecutionContext;

/**
 * A process that only fires: it appends the trigger and the scheduled time of each fire to a file, unbuffered, so that
 * a kill loses none. Arguments: URL and user of the database, name of the worker, file.
 */
final class FiringProcess {
    private FiringProcess() {}

    public static void main(String[] args) throws Exception {
        Database database = Database.open(new StoreConfig(args[0], args[1], "", 16));
        try (OutputStream fires = new FileOutputStream(args[3], true)) {
            Triggers.node(database, args[2], (bundle, scheduler) -> context -> note(fires, context))
                    .start();
            new CountDownLatch(1).await();
        }
    }

    private static void note(OutputStream fires, JobExecutionContext context) {
        String line = context.getTrigger().getKey().getName() + " "
                + context.getScheduledFireTime().toInstant().toEpochMilli() + "\n";
        try {
            fires.write(line.getBytes(StandardCharsets.US_ASCII));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
