package avatarmonitor.cli.demo;

import avatarmonitor.background.DaemonThreads;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.cli.console.StopSignals;
import avatarmonitor.demo.Demo;
import avatarmonitor.demo.Report;
import avatarmonitor.logging.LogConfig;
import avatarmonitor.logging.Logging;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code demo}: shows the whole product in half a minute. Reads no configuration, so that it runs whatever is
 * configured.
 */
@Command(
        name = "demo",
        description = {
            "Run a demo: a local fal queue, a dozen trainings, and a worker that is killed and restarted.",
            "",
            "Needs no configuration and leaves no files: database and log are in a temporary directory, the fal queue is part"
                    + " of this program, and neither your configuration nor your fal key is used. Takes about half a minute.",
            "",
            "Trainings succeed, fail, are cancelled, lose their result, stall and return to the queue. The worker is a"
                    + " separate process; half-way it is killed (SIGKILL) and started again. Exit code 0: every avatar ended as"
                    + " expected; otherwise the summary lists the others."
        })
public final class DemoCommand extends ResultCommand {
    @Option(names = "--keep", description = "Keep database and log of the demo and print their location.")
    private boolean keep;

    public DemoCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    public Integer call() throws InterruptedException {
        LogConfig.Level level = invocation.verbose() ? LogConfig.Level.DEBUG : LogConfig.Level.WARN;
        Logging.ofProcess().ifPresent(logging -> logging.apply(new LogConfig(LogConfig.Format.TEXT, level)));
        CountDownLatch stop = new CountDownLatch(1);
        watchSignals(stop);
        try {
            return run(Demo.open(invocation.clock()), stop);
        } catch (UncheckedIOException cannotStart) {
            return invocation.failed("The demo cannot run: " + cannotStart.getMessage());
        }
    }

    private int run(Demo demo, CountDownLatch stop) throws InterruptedException {
        // For exits caused by neither this code nor a handled signal, such as a closed terminal.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> clean(demo), "demo-cleaning"));
        CountDownLatch done = new CountDownLatch(1);
        endInTime(demo, done);
        try {
            Optional<Report> report = play(demo, stop);
            clean(demo);
            DemoSummary summary = new DemoSummary(invocation, json);
            return report.map(r -> summary.print(r, keep ? Optional.of(demo) : Optional.empty()))
                    .orElseGet(
                            () -> invocation.failed("Demo broken off." + (keep ? " Kept: " + demo.directory() : "")));
        } finally {
            clean(demo);
            done.countDown();
        }
    }

    private Optional<Report> play(Demo demo, CountDownLatch stop) throws InterruptedException {
        try (DemoScreen screen = DemoScreen.of(invocation, demo.avatars(), json)) {
            return demo.run(screen, stop);
        }
    }

    private void clean(Demo demo) {
        demo.close();
        if (!keep) {
            try {
                demo.delete();
            } catch (UncheckedIOException left) {
                invocation.note(String.valueOf(left.getMessage()));
            }
        }
    }

    /** The first Ctrl-C ends the demo in order, the second at once. */
    private static void watchSignals(CountDownLatch stop) {
        StopSignals signals = StopSignals.install();
        daemon("demo-signals", () -> {
            signals.await();
            stop.countDown();
            return null;
        });
    }

    /** Ends the process at the deadline, without leaving processes or files, even when something hangs. */
    private void endInTime(Demo demo, CountDownLatch done) {
        daemon("demo-deadline", () -> {
            if (!done.await(Demo.HANGS_AFTER.toMillis(), TimeUnit.MILLISECONDS)) {
                invocation.failed("The demo hung and was ended after " + Demo.HANGS_AFTER.toSeconds() + " s.");
                try {
                    clean(demo);
                } finally {
                    Runtime.getRuntime().halt(ExitCode.FAILED);
                }
            }
            return null;
        });
    }

    private static void daemon(String name, Callable<@Nullable Void> work) {
        DaemonThreads.thread(name, new FutureTask<>(work)).start();
    }
}
