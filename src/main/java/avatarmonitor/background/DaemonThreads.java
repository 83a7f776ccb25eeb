package avatarmonitor.background;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Creates threads that do not keep the process alive. */
public final class DaemonThreads {
    private DaemonThreads() {}

    /** Returns a factory of threads with this name. */
    public static ThreadFactory named(String name) {
        return work -> thread(name, work);
    }

    /** Returns a factory of threads with this name, a hyphen and a number from 1 on. */
    public static ThreadFactory numbered(String name) {
        AtomicInteger number = new AtomicInteger();
        return work -> thread(name + "-" + number.incrementAndGet(), work);
    }

    /** Creates a thread; does not start it. */
    public static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
