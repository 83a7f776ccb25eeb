package avatarmonitor.cli;

import avatarmonitor.emulator.EmulatorConfig;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.fal.FalKey;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a local fal queue until it is stopped. The key never comes as an argument, where every process list would show it. */
@Command(
        name = "fal-emulator",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a local fal queue for tests and demos, until Ctrl-C.",
            "Point fal.base-url or fal's own clients at the address it prints.",
            "It accepts only the key in FAL_KEY (or FAL_KEY_ID and FAL_KEY_SECRET) when one is set, and any key otherwise."
        },
        footer = {"", "Scenarios, faults and webhooks: docs/fal-emulator.md"})
public final class FalEmulatorCommand implements Callable<Integer> {
    private static final int DONE = 0;
    private static final int FAILED = 1;

    private final Supplier<Optional<FalKey>> key;

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
            description = "Address to listen on. Default: ${DEFAULT-VALUE}. The admin API answers this machine only.")
    private String host = "127.0.0.1";

    @Option(
            names = "--public-url",
            paramLabel = "URL",
            description = "Scheme, host and port of the URLs that submit returns. Default: what the caller used")
    private @Nullable URI publicUrl;

    @Option(
            names = "--lenient-paths",
            description = "Take a status below a sub path as if it were without; fal answers 405")
    private boolean lenientPaths;

    public FalEmulatorCommand() {
        this(() -> keyFrom(System.getenv()));
    }

    /** Takes the key from elsewhere than the environment. */
    public FalEmulatorCommand(Supplier<Optional<FalKey>> key) {
        this.key = key;
    }

    @Override
    public Integer call() {
        CommandSpec command = spec;
        if (command == null) {
            throw new IllegalStateException("not run by picocli");
        }
        if (port < 0 || port > 65_535) {
            throw new ParameterException(command.commandLine(), "--port: expected 0 to 65535, got " + port);
        }
        if (publicUrl != null && publicUrl.getHost() == null) {
            throw new ParameterException(
                    command.commandLine(), "--public-url: expected scheme and host, got " + publicUrl);
        }
        PrintWriter out = command.commandLine().getOut();
        try (FalEmulator emulator = FalEmulator.start(config())) {
            out.println("fal queue emulator at " + emulator.baseUri() + " (Ctrl-C stops it)");
            out.println(example(emulator.baseUri()));
            out.flush();
            waitForInterrupt();
            return DONE;
        } catch (UncheckedIOException cannotListen) {
            command.commandLine().getErr().println(cannotListen.getMessage());
            return FAILED;
        }
    }

    static Optional<FalKey> keyFrom(Map<String, String> environment) {
        String id = environment.getOrDefault("FAL_KEY_ID", "");
        String secret = environment.getOrDefault("FAL_KEY_SECRET", "");
        String joined = id.isBlank() || secret.isBlank() ? "" : id + ":" + secret;
        String whole = environment.getOrDefault("FAL_KEY", joined);
        return whole.isBlank() ? Optional.empty() : Optional.of(new FalKey(whole));
    }

    private EmulatorConfig config() {
        EmulatorConfig config = EmulatorConfig.local().withAddress(host, port);
        config = lenientPaths ? config.withLenientPaths() : config;
        config = publicUrl == null ? config : config.withPublicUrl(publicUrl);
        return key.get().map(config::withKey).orElse(config);
    }

    private static String example(URI base) {
        return "try: curl -H 'Authorization: Key '\"${FAL_KEY:-any}\" -d '{\"images_data_url\":\"x\"}' " + base
                + "/fal-ai/flux-lora-portrait-trainer";
    }

    /** SIGINT and SIGTERM end the process; nothing is kept that would need saving. */
    private static void waitForInterrupt() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
