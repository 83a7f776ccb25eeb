package avatarmonitor.cli;

import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Usage;
import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.fal.FalKey;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code fal-emulator}: runs a local fal queue until it is stopped. The key is never an argument, which process lists
 * would show.
 */
@Command(
        name = "fal-emulator",
        description = {
            "Run a local fal queue for tests and demos until Ctrl-C.",
            "Set fal.base-url, or the base URL of fal's own clients, to the address it prints.",
            "If a key is configured (FAL_KEY or fal.key), only that key is accepted, otherwise any key."
        },
        footer = {"", "Scenarios, faults and webhooks: docs/fal-emulator.md"})
final class FalEmulatorCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8089",
            description = "Port; 0 for a free one. Default: ${DEFAULT-VALUE}")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description =
                    "Address to listen on. Default: ${DEFAULT-VALUE}. The admin API is for callers on this machine only.")
    private String host = "127.0.0.1";

    @Option(
            names = "--public-url",
            paramLabel = "URL",
            description = "Scheme, host and port of the URLs that submit returns. Default: those of the request")
    private @Nullable URI publicUrl;

    @Option(
            names = "--lenient-paths",
            description = "Accept a status request with a sub path, which fal answers with 405")
    private boolean lenientPaths;

    @Option(
            names = "--known-trainers-only",
            description = "Answer 404 to a submit to an endpoint that is not a trainer of fal")
    private boolean knownTrainersOnly;

    FalEmulatorCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (port < 0 || port > 65_535) {
            throw Usage.refused(spec, "--port: expected 0 to 65535, got " + port);
        }
        if (publicUrl != null && publicUrl.getHost() == null) {
            throw Usage.refused(spec, "--public-url: expected scheme and host, got " + publicUrl);
        }
        PrintWriter out = invocation.terminal().out();
        try (FalEmulator emulator = FalEmulator.start(config())) {
            out.println("fal queue emulator at " + emulator.baseUri() + " (Ctrl-C stops it)");
            out.println(example(emulator.baseUri()));
            out.flush();
            waitForInterrupt();
            return ExitCode.DONE;
        } catch (UncheckedIOException cannotListen) {
            return invocation.failed(String.valueOf(cannotListen.getMessage()));
        }
    }

    private EmulatorConfig config() {
        EmulatorConfig config = EmulatorConfig.local().withAddress(host, port);
        config = lenientPaths ? config.withLenientPaths() : config;
        config = knownTrainersOnly ? config.withKnownTrainersOnly() : config;
        config = publicUrl == null ? config : config.withPublicUrl(publicUrl);
        FalKey key = invocation.singleSettings().fal().key();
        return key == null ? config : config.withKey(key);
    }

    private static String example(URI base) {
        return "try: curl -H 'Authorization: Key '\"${FAL_KEY:-any}\" -d '{\"images_data_url\":\"x\"}' " + base
                + "/fal-ai/flux-lora-portrait-trainer";
    }

    /** Waits until SIGINT or SIGTERM ends the process; there is no state to save. */
    private static void waitForInterrupt() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
