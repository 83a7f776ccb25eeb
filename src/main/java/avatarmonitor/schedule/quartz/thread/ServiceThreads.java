package avatarmonitor.schedule.quartz.thread;

import avatarmonitor.background.DaemonThreads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.quartz.spi.ThreadExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the loops of Quartz's own threads on daemon threads that Quartz cannot interrupt. Quartz interrupts its threads
 * when it stops; an interrupt fails the running statement. Here only {@link #end} interrupts, when none of them
 * can reach the database any more. A loop that ends by an error is fatal for the worker.
 */
public final class ServiceThreads implements ThreadExecutor {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceThreads.class);

    private final List<Thread> running = new CopyOnWriteArrayList<>();
    private final FatalErrorLatch fatal;
    private volatile boolean ending;

    public ServiceThreads(FatalErrorLatch fatal) {
        this.fatal = fatal;
    }

    @Override
    public void initialize() {}

    @Override
    public void execute(Thread loop) {
        Thread runner = DaemonThreads.thread(loop.getName(), () -> run(loop, loop.getName()));
        running.add(runner);
        runner.start();
    }

    private void run(Runnable loop, String name) {
        try {
            loop.run();
        } catch (Throwable e) {
            if (ending) {
                LOG.debug("thread ended with the scheduler", e);
            } else {
                fatal.because("thread " + name + " died", e);
            }
        }
    }

    /**
     * Interrupts sleeping threads, and waits at most this long for each. Call it only after {@link
     * avatarmonitor.schedule.quartz.StoreConnections} are closed.
     */
    public void end(Duration timeout) {
        ending = true;
        running.forEach(Thread::interrupt);
        for (Thread thread : running) {
            try {
                thread.join(timeout.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
