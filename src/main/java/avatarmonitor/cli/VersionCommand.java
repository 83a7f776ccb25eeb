package avatarmonitor.cli;

import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Json;
import avatarmonitor.cli.console.JsonOption;
import avatarmonitor.cli.console.Terminal;
import avatarmonitor.cli.console.TextWidth;
import avatarmonitor.inspect.Rows;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code version}: prints the versions. Needs no configuration, so that it works even when that is broken. */
@Command(name = "version", description = "Show the versions of avatar-monitor, Quartz and Java.")
final class VersionCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Mixin
    private final JsonOption json = new JsonOption();

    VersionCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("avatar_monitor", Version.ofProgram());
        versions.put("quartz", Version.ofQuartz());
        versions.put("java", Version.ofJava());
        Terminal terminal = invocation.terminal();
        if (json.wanted()) {
            Json.print(terminal, Rows.json(versions));
        } else {
            versions.forEach((name, version) ->
                    terminal.out().println(TextWidth.padded(name.replace('_', '-'), 16, false) + version));
        }
        return ExitCode.DONE;
    }
}
