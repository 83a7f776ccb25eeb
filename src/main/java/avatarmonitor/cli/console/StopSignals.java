package avatarmonitor.cli.console;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Handles SIGTERM and SIGINT (Ctrl-C): the first requests an orderly stop, the second ends the process at once. JVM
 * shutdown hooks react to the first signal only.
 */
public final class StopSignals {
    private static final int EXIT_CODE_OF_SIGTERM = 143;

    private final CountDownLatch asked = new CountDownLatch(1);
    private boolean signaled;

    /**
     * Replaces the process's signal handlers. Uses reflection: {@code sun.misc.Signal} is the JDK's only API for
     * signals, is exported in every version, and cannot be named without a compiler warning.
     */
    public static StopSignals install() {
        StopSignals signals = new StopSignals();
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    StopSignals.class.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                        signals.receive();
                        return null;
                    });
            for (String name : List.of("TERM", "INT")) {
                signal.getMethod("handle", signal, handlerType)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK has no sun.misc.Signal", e);
        }
        return signals;
    }

    private synchronized void receive() {
        if (signaled) {
            Runtime.getRuntime().halt(EXIT_CODE_OF_SIGTERM);
        }
        signaled = true;
        asked.countDown();
    }

    /** Requests an orderly stop like the first signal, without counting as one: a real signal may still follow. */
    public void ask() {
        asked.countDown();
    }

    /** Waits for at most this long, and returns whether a stop was requested. */
    public boolean within(Duration wait) throws InterruptedException {
        return asked.await(wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    public void await() throws InterruptedException {
        asked.await();
    }
}
