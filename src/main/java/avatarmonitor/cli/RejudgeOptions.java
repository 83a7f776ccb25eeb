package avatarmonitor.cli;

import avatarmonitor.app.Monitor;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.Rejudge.Verdict;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Json;
import avatarmonitor.inspect.Rows;
import avatarmonitor.text.UntrustedText;
import com.google.gson.JsonArray;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Options {@code --rejudge}, {@code --type} and {@code --since} of {@code check}: evaluates stored answers of fal
 * again; used as a mixin.
 */
final class RejudgeOptions {
    private static final Pattern AGE = Pattern.compile("(\\d{1,5})([mhd])");

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(names = "--rejudge", description = "Evaluate stored answers of fal again instead of sending requests.")
    boolean wanted;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "With --rejudge and without ID: only trainings of this type.")
    private @Nullable String type;

    @Option(
            names = "--since",
            paramLabel = "AGE",
            description =
                    "With --rejudge and without ID: answers of the last AGE, such as 2d or 12h. Default: all stored ones.")
    private @Nullable String since;

    /**
     * Checks the options.
     *
     * @param selected whether avatars are selected by {@code --where}
     * @throws ParameterException when the options are not compatible
     */
    void check(@Nullable AvatarId id, boolean selected) {
        if ((type != null || since != null) && (id != null || selected || !wanted)) {
            throw refused("--type and --since go with --rejudge and without an ID.");
        }
        if (since != null && !AGE.matcher(since).matches()) {
            throw refused("--since: expected a number and m, h or d, such as 2d, got " + UntrustedText.quoted(since));
        }
    }

    private ParameterException refused(String what) {
        CommandSpec spec = command;
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return new ParameterException(spec.commandLine(), what);
    }

    private Instant begin(Instant now) {
        Matcher age = AGE.matcher(since == null ? "" : since);
        if (!age.matches()) {
            return Instant.EPOCH;
        }
        long number = Long.parseLong(age.group(1));
        return now.minus(
                switch (age.group(2)) {
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    default -> Duration.ofDays(number);
                });
    }

    /**
     * Evaluates and prints; the exit code is 1 when the named avatar is not COMPLETED, or the database refused a model.
     */
    int run(Invocation invocation, Monitor monitor, @Nullable AvatarId id, boolean json) {
        Map<Verdict.Kind, Integer> counts = new EnumMap<>(Verdict.Kind.class);
        JsonArray all = new JsonArray();
        if (id != null) {
            judge(invocation, monitor, id, json ? all : null, counts);
        } else {
            monitor.operator()
                    .rejudgeable(
                            type,
                            begin(invocation.clock().instant()),
                            one -> judge(invocation, monitor, one, json ? all : null, counts));
        }
        if (json) {
            Json.print(invocation.terminal(), all);
        } else if (id == null) {
            invocation
                    .terminal()
                    .out()
                    .printf(
                            "%d judged: %d completed, %d without a usable model, %d skipped, %d refused by the database.%n",
                            counts.values().stream().mapToInt(Integer::intValue).sum(),
                            counts.getOrDefault(Verdict.Kind.COMPLETED, 0),
                            counts.getOrDefault(Verdict.Kind.UNUSABLE, 0),
                            counts.getOrDefault(Verdict.Kind.SKIPPED, 0),
                            counts.getOrDefault(Verdict.Kind.REFUSED, 0));
        }
        boolean failed =
                counts.containsKey(Verdict.Kind.REFUSED) || (id != null && !counts.containsKey(Verdict.Kind.COMPLETED));
        return failed ? ExitCode.FAILED : ExitCode.DONE;
    }

    private static void judge(
            Invocation invocation,
            Monitor monitor,
            AvatarId id,
            @Nullable JsonArray all,
            Map<Verdict.Kind, Integer> counts) {
        Verdict verdict = monitor.operator().rejudge(id, invocation.actor());
        counts.merge(verdict.kind(), 1, Integer::sum);
        if (all != null) {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            members.put("avatar_id", id);
            members.put("outcome", verdict.word());
            members.put("reason", verdict.reason().isEmpty() ? null : verdict.reason());
            all.add(Rows.json(members));
        } else {
            String reason = verdict.reason().isEmpty() ? "" : " (" + verdict.reason() + ")";
            invocation.terminal().out().println(UntrustedText.cell(id + ": " + verdict.word() + reason));
        }
    }
}
