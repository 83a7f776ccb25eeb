package avatarmonitor.cli;

import avatarmonitor.app.Monitor;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.check.Rejudge.Verdict;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Lengths;
import avatarmonitor.cli.console.Usage;
import avatarmonitor.text.UntrustedText;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
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
    private static final Duration AGE_MAX = Duration.ofDays(99_999);

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
            throw Usage.refused(command, "--type and --since go with --rejudge and without an ID.");
        }
        if (since != null && age().isEmpty()) {
            throw Usage.refused(
                    command,
                    "--since: expected a number and m, h or d, such as 2d, got " + UntrustedText.quoted(since));
        }
    }

    /**
     * Checks the type.
     *
     * @throws ParameterException when it is not configured
     */
    void check(TrainingTypes types) {
        if (type != null && types.find(type).isEmpty()) {
            throw Usage.refused(
                    command,
                    "There is no training type " + UntrustedText.quoted(type) + "; types are " + types.words());
        }
    }

    private Instant begin(Instant now) {
        return age().map(now::minus).orElse(Instant.EPOCH);
    }

    private Optional<Duration> age() {
        return Lengths.read(since == null ? "" : since).filter(age -> age.compareTo(AGE_MAX) <= 0);
    }

    /**
     * Evaluates and prints; the exit code is 1 when the named avatar is not COMPLETED, or the database refused a model.
     */
    int run(Invocation invocation, Monitor monitor, @Nullable AvatarId id, boolean json) {
        Map<Verdict.Kind, Integer> counts = new EnumMap<>(Verdict.Kind.class);
        Answers answers = new Answers(invocation, json);
        if (id != null) {
            judge(invocation, monitor, id, answers, counts);
        } else {
            monitor.operator()
                    .rejudgeable(
                            type,
                            begin(invocation.clock().instant()),
                            one -> judge(invocation, monitor, one, answers, counts));
        }
        int unused = answers.end();
        if (!json && id == null) {
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
            Invocation invocation, Monitor monitor, AvatarId id, Answers answers, Map<Verdict.Kind, Integer> counts) {
        Verdict verdict = monitor.operator().rejudge(id, invocation.actor());
        counts.merge(verdict.kind(), 1, Integer::sum);
        String reason = verdict.reason().isEmpty() ? null : verdict.reason();
        answers.add(id, true, verdict.word() + (reason == null ? "" : " (" + reason + ")"), verdict.word(), reason);
    }
}
