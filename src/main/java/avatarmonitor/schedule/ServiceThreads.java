package avatarmonitor.schedule;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.quartz.spi.ThreadExecutor;

/**
 * Runs the loops of Quartz's own threads on daemon threads that Quartz does not know. Quartz interrupts its threads when it
 * stops, wherever they are; an interrupt inside H2 closes the database file. Here an interrupt comes only from
 * {@link #end}, when none of them can reach the database any more.
 */
final class ServiceThreads implements ThreadExecutor {
    private final List<Thread> running = new CopyOnWriteArrayList<>();

    @Override
    public void initialize() {}

    @Override
    public void execute(Thread loop) {
        Thread runner = new Thread(loop, loop.getName());
        runner.setDaemon(true);
        running.add(runner);
        runner.start();
    }

    /** Wakes what still sleeps, and waits at most this long for each thread. Call it only after the gate was shut and left. */
    void end(Duration patience) {
        running.forEach(Thread::interrupt);
        for (Thread thread : running) {
            try {
                thread.join(patience.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
