package avatarmonitor.cli;

import avatarmonitor.app.Worker;
import avatarmonitor.config.Settings;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/** {@code worker}: runs a worker until SIGTERM or Ctrl-C. */
@Command(
        name = "worker",
        description = {
            "Watch the trainings of the configured database until stopped.",
            "",
            "Brings the database schema up to date, monitors every unmonitored training, and asks fal about each once"
                    + " a minute. Run as many as you like on one database: they share the work and take over from each other.",
            "",
            "SIGTERM or Ctrl-C stops it within worker.shutdown-timeout: checks that run may end, the rest is left to other"
                    + " workers. A second signal ends it at once.",
            "",
            "The exit code is 0 when the stop was in order, and 1 when checks had to be cut off or the cluster could not be left: what"
                    + " it held then comes to others when they notice that it is gone. It also ends by itself with exit code 1 when"
                    + " it cannot go on: let a supervisor start it again."
        })
final class WorkerCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(WorkerCommand.class);

    /** Part of the stop timeout that is reserved for the exit of the process. */
    private static final Duration EXIT_RESERVE = Duration.ofMillis(500);

    private final Invocation invocation;

    WorkerCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = invocation.settingsOfService();
        StopSignals signals = StopSignals.install();
        Duration timeout = settings.schedule().shutdownTimeout().minus(EXIT_RESERVE);
        endInTime(signals, timeout);
        Worker worker = Worker.start(settings, invocation.clock(), signals::ask);
        signals.await();
        Worker.Stopped stopped = worker.stop(timeout);
        return stopped.inOrder() && !worker.died() ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** Watchdog: ends the process when the stop timeout expires, even when the worker is still starting or hangs. */
    private static void endInTime(StopSignals signals, Duration timeout) {
        Thread watchdog = new Thread(
                () -> {
                    try {
                        signals.await();
                        TimeUnit.NANOSECONDS.sleep(timeout.toNanos());
                        log.error("stop took longer than worker.shutdown-timeout, the process ends now");
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    Runtime.getRuntime().halt(ExitCode.FAILED);
                },
                "stop-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
    }
}
