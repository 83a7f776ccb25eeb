package avatarmonitor.cli;

import avatarmonitor.check.decision.Overrides;
import avatarmonitor.cli.console.Lengths;
import avatarmonitor.cli.console.Usage;
import avatarmonitor.text.UntrustedText;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options that change settings of single trainings. */
final class OverrideOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--window",
            paramLabel = "DURATION",
            description = "Monitor for this long before the next scan has to schedule it again: 1s to 7d.")
    private @Nullable String window;

    @Option(
            names = "--interval",
            paramLabel = "DURATION",
            description = "Time between two requests to fal about it: 1s to 1h.")
    private @Nullable String interval;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description =
                    "Follow it until this time (2026-12-24T18:00:00Z, or a length from now such as 2h, at most 30d),"
                            + " whatever monitor.max-age says. Without an end by then it has timed out.")
    private @Nullable String deadline;

    @Option(
            names = "--priority",
            paramLabel = "NUMBER",
            description =
                    "From 1 to 10, 5 is ordinary. While the rate limit is too low for all trainings, one of priority 10 is"
                            + " checked twice as often as an ordinary one, and one of 1 a fifth as often.")
    private @Nullable String priority;

    @Option(names = "--clear", description = "Remove its settings first, so that the configured ones hold.")
    private boolean clear;

    /** @param now from which a length is counted */
    Overrides.Change change(Instant now) {
        Overrides given = new Overrides(
                length("--window", window), length("--interval", interval), time(deadline, now), whole(priority));
        return new Overrides.Change(clear, given);
    }

    /** Refuses a change of many avatars at once. */
    void requireNone(Overrides.Change change) {
        if (!change.isNothing()) {
            throw Usage.refused(command, "--where cannot change settings; name the avatars by their ids");
        }
    }

    private @Nullable Duration length(String option, @Nullable String text) {
        return text == null
                ? null
                : Lengths.read(text)
                        .orElseThrow(() -> Usage.refused(
                                command,
                                "'" + UntrustedText.cell(text) + "' is not a length for " + option
                                        + "; one looks like 90s, 30m, 2h or 1d"));
    }

    private @Nullable Integer whole(@Nullable String text) {
        try {
            return text == null ? null : Integer.valueOf(text);
        } catch (NumberFormatException notANumber) {
            throw Usage.refused(
                    command,
                    "'" + UntrustedText.cell(text) + "' is not a priority; one is a whole number from 1 to 10");
        }
    }

    private @Nullable Instant time(@Nullable String text, Instant now) {
        if (text == null) {
            return null;
        }
        Instant given = Lengths.read(text).map(now::plus).orElse(null);
        try {
            Instant read = given == null ? OffsetDateTime.parse(text).toInstant() : given;
            return read.truncatedTo(ChronoUnit.SECONDS);
        } catch (DateTimeException notATime) {
            throw Usage.refused(
                    command,
                    "'" + UntrustedText.cell(text)
                            + "' is not a deadline; one looks like 2026-12-24T18:00:00Z, or 2h from now");
        }
    }
}
