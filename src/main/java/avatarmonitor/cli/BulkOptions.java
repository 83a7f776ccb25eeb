package avatarmonitor.cli;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.cli.console.Usage;
import avatarmonitor.inspect.AvatarFilter;
import avatarmonitor.inspect.AvatarList;
import avatarmonitor.inspect.AvatarSelection;
import avatarmonitor.text.UntrustedText;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options {@code --where}, {@code --dry-run} and {@code --yes} of actions on many avatars; used as a mixin. */
final class BulkOptions {
    private static final List<String> NAMES = List.of("state", "type", "worker");

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--where",
            paramLabel = "state=LIST[,type=TYPE][,worker=ID]",
            description =
                    "In place of ID: all avatars of a list of the command list, such as state=failing; with type and worker"
                            + " only the ones of this training type, or that this worker checks or checked last.")
    private @Nullable String where;

    @Option(
            names = "--dry-run",
            description = "With --where: print how many avatars match and the first ones, change nothing.")
    boolean dryRun;

    @Option(names = "--yes", description = "With --where: do not ask; required without a terminal and with --json.")
    boolean yes;

    /**
     * Parses the options.
     *
     * @param idsGiven whether avatars are named by id
     * @return null when avatars are named by id
     * @throws ParameterException when neither or both are given, or {@code --where} is wrong
     */
    @Nullable
    AvatarSelection selection(boolean idsGiven) {
        if (where == null) {
            if (dryRun || yes) {
                throw refused("--dry-run and --yes go with --where.");
            }
            if (!idsGiven) {
                throw refused(
                        "Name an avatar by its ID, or select avatars with --where, such as --where state=failing.");
            }
            return null;
        }
        if (idsGiven) {
            throw refused("Use either IDs or --where; --rejudge goes without --where.");
        }
        return parsed(where);
    }

    /** Parses ids, each once. Not the task of picocli, which reports a wrong id of an optional list as "unmatched". */
    Set<AvatarId> ids(List<String> texts) {
        Set<AvatarId> ids = new LinkedHashSet<>();
        for (String text : texts) {
            ids.add(AvatarId.parse(text).orElseThrow(() -> refused(AvatarMonitorCli.notAnId(text))));
        }
        return ids;
    }

    private AvatarSelection parsed(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part.strip() : part.substring(0, equals).strip();
            String value = equals < 0 ? "" : part.substring(equals + 1).strip();
            if (!NAMES.contains(name)) {
                throw refused("--where: unknown name " + UntrustedText.quoted(name) + "; expected one of "
                        + String.join(", ", NAMES) + ", as in state=failing,type=style");
            }
            if (value.isEmpty()) {
                throw refused("--where: " + name + " has no value"
                        + (name.equals("state") ? "; it is one of " + states() : ""));
            }
            if (values.putIfAbsent(name, value) != null) {
                throw refused("--where: " + name + " is given twice");
            }
        }
        String state = values.get("state");
        if (state == null) {
            throw refused("--where: state is missing; it is one of " + states());
        }
        AvatarList list = AvatarList.named(state)
                .orElseThrow(() -> refused(
                        "--where: unknown state " + UntrustedText.quoted(state) + "; it is one of " + states()));
        return new AvatarSelection(
                list, new AvatarFilter("", values.getOrDefault("type", ""), values.getOrDefault("worker", "")));
    }

    private static String states() {
        return Stream.of(AvatarList.values()).map(AvatarList::word).collect(Collectors.joining(", "));
    }

    ParameterException refused(String what) {
        return Usage.refused(command, what);
    }
}
