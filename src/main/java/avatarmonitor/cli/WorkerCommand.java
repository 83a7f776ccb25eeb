package avatarmonitor.cli;

import avatarmonitor.app.Worker;
import avatarmonitor.background.DaemonThreads;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.StopSignals;
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
            "Run a worker: monitor the trainings of the configured database until stopped.",
            "",
            "Migrates the database schema, schedules every unmonitored training, and checks each once a minute. Start any"
                    + " number of workers on one database: they share the work, and others continue the checks of a crashed"
                    + " worker.",
            "",
            "SIGTERM or Ctrl-C stops it within worker.shutdown-timeout: running checks may finish, other work is released to"
                    + " other workers. A second signal ends it at once.",
            "",
            "Exit code 0: clean stop. Exit code 1: checks were cut off or firings could not be released, so other workers"
                    + " recover them after failure detection; or the worker failed and a supervisor has to restart it."
        })
final class WorkerCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(WorkerCommand.class);

    /** Part of worker.shutdown-timeout that is reserved for closing the database and for the exit of the process. */
    private static final Duration EXIT_RESERVE = Duration.ofMillis(500);

    /** Part of worker.shutdown-timeout that remains when the watchdog ends the process. */
    private static final Duration HALT_RESERVE = Duration.ofMillis(100);

    private final Invocation invocation;

    WorkerCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = invocation.settingsOfService();
        StopSignals signals = StopSignals.install();
        Duration timeout = settings.schedule().shutdownTimeout();
        endInTime(signals, timeout.minus(HALT_RESERVE));
        Worker worker = Worker.start(settings, invocation.clock(), signals::ask);
        signals.await();
        Worker.Stopped stopped = worker.stop(timeout.minus(EXIT_RESERVE));
        return stopped.inOrder() && !worker.died() ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** Watchdog: ends the process when the stop timeout expires, even when the worker is still starting or hangs. */
    private static void endInTime(StopSignals signals, Duration timeout) {
        DaemonThreads.thread("stop-watchdog", () -> {
                    try {
                        signals.await();
                        TimeUnit.NANOSECONDS.sleep(timeout.toNanos());
                        log.error("stop took longer than worker.shutdown-timeout, the process ends now");
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    Runtime.getRuntime().halt(ExitCode.FAILED);
                })
                .start();
    }
}
