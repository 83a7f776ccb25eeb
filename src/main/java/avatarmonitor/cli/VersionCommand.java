package avatarmonitor.cli;

import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.cli.console.TextWidth;
import avatarmonitor.inspect.Rows;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code version}: prints the versions. Needs no configuration, so that it works even when that is broken. */
@Command(name = "version", description = "Show the versions of avatar-monitor, Quartz and Java.")
final class VersionCommand extends ResultCommand {
    VersionCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    public Integer call() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("avatar_monitor", Version.ofProgram());
        versions.put("quartz", Version.ofQuartz());
        versions.put("java", Version.ofJava());
        print(
                Rows.json(versions),
                versions.entrySet().stream()
                        .map(version ->
                                TextWidth.padded(version.getKey().replace('_', '-'), 16, false) + version.getValue())
                        .collect(Collectors.joining(System.lineSeparator())));
        return ExitCode.DONE;
    }
}
