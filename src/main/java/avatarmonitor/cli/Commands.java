package avatarmonitor.cli;

import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.TextWidth;
import avatarmonitor.cli.demo.DemoCommand;
import avatarmonitor.cli.doctor.DoctorCommand;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Registry of all commands, in the groups of the help. */
final class Commands {
    private static final int NAME_WIDTH = 14;

    private Commands() {}

    private static Map<String, List<Object>> groups(Invocation invocation) {
        Map<String, List<Object>> groups = new LinkedHashMap<>();
        groups.put(
                "Run",
                List.of(
                        new WorkerCommand(invocation),
                        new DemoCommand(invocation),
                        new FalEmulatorCommand(invocation),
                        new RehearseCommand(invocation)));
        groups.put(
                "Change",
                List.of(
                        new MonitorCommand(invocation),
                        new UnmonitorCommand(invocation),
                        new CheckCommand(invocation),
                        new PauseCommand(invocation),
                        new ResumeCommand(invocation),
                        new ReconcileCommand(invocation),
                        new MigrateCommand(invocation)));
        groups.put(
                "Inspect",
                List.of(
                        new ListCommand(invocation),
                        new ShowCommand(invocation),
                        new WorkersCommand(invocation),
                        new EventsCommand(invocation),
                        new ReportCommand(invocation),
                        new DoctorCommand(invocation),
                        new VersionCommand(invocation)));
        return groups;
    }

    static void addTo(CommandLine program, Invocation invocation) {
        StringBuilder overview = new StringBuilder();
        groups(invocation).forEach((title, commands) -> {
            overview.append(title).append(":%n");
            for (Object command : commands) {
                CommandLine line = new CommandLine(command);
                program.addSubcommand(line);
                if (line.getCommandSpec().usageMessage().hidden()) {
                    continue;
                }
                String[] about = line.getCommandSpec().usageMessage().description();
                overview.append("  ")
                        .append(TextWidth.padded(line.getCommandName(), NAME_WIDTH, false))
                        .append(about.length == 0 ? "" : about[0])
                        .append("%n");
            }
        });
        String text = String.format(overview.toString());
        program.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, help -> text);
    }
}
