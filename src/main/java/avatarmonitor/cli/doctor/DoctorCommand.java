package avatarmonitor.cli.doctor;

import avatarmonitor.app.Monitor;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.cli.console.ExitCode;
import avatarmonitor.cli.console.Invocation;
import avatarmonitor.cli.console.Json;
import avatarmonitor.cli.console.ResultCommand;
import avatarmonitor.config.ConfigException;
import avatarmonitor.config.Problem;
import avatarmonitor.config.Setting;
import avatarmonitor.config.Settings;
import avatarmonitor.fal.FalRequest;
import avatarmonitor.fal.KeyCheck;
import avatarmonitor.inspect.Rows;
import avatarmonitor.schedule.ScheduleException;
import avatarmonitor.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doctor}: reports what works, what does not, and what to do about it. */
@Command(
        name = "doctor",
        description = {
            "Check the installation and print a remedy for each problem.",
            "",
            "Checks configuration, database, clock, schema, workers and their polling pauses, triggers, trainings, and"
                    + " whether fal accepts the key (with a request for an id that cannot exist, which costs nothing). Continues"
                    + " after a failure. Read only unless --repair is given. The exit code is 1 if one line says FAIL."
        },
        footer = {
            "",
            "Examples:",
            "  avatar-monitor doctor",
            "  avatar-monitor doctor --repair                             repair the schedule, schedule unmonitored trainings",
            "  avatar-monitor doctor --json | jq -r '.[] | select(.level == \"fail\") | .advice'"
        })
public final class DoctorCommand extends ResultCommand {
    /** Trainers that fal has named as no longer supported (docs/fal-contract.md section 6). */
    private static final Set<String> RETIRED = Set.of("fal-ai/flux-pro-trainer");

    private final List<DoctorResult> found = new ArrayList<>();
    private final Findings findings = new Findings(this::tell);

    @Option(
            names = "--repair",
            description =
                    "First do what reconcile does: repair lost and broken triggers, paused groups and missing jobs, and"
                            + " schedule unmonitored trainings.")
    private boolean repair;

    public DoctorCommand(Invocation invocation) {
        super(invocation);
    }

    @Override
    public Integer call() {
        int exit = examine();
        if (json) {
            Json.print(invocation.terminal(), Rows.array(found));
        }
        return exit;
    }

    private int examine() {
        Settings settings;
        try {
            settings = invocation.settings();
        } catch (ConfigException e) {
            for (Problem problem : e.problems()) {
                String what = problem.given() == null ? problem.key() : problem.key() + " = " + problem.given();
                findings.fail(
                        "configuration",
                        what + " (" + problem.origin() + ") but expected " + problem.expected(),
                        problem.advice());
            }
            return ExitCode.WRONG_USAGE;
        }
        configuration(settings);
        if (repair) {
            repair(settings);
        }
        new DatabaseDoctor(settings, invocation.clock(), findings).examine();
        fal(settings);
        return found.stream().anyMatch(finding -> finding.level() == DoctorResult.Level.FAIL)
                ? ExitCode.FAILED
                : ExitCode.DONE;
    }

    /** Prints a finding at once, since the next check may take a while. */
    private void tell(DoctorResult finding) {
        found.add(finding);
        if (!json) {
            invocation.say(finding.line());
            invocation.terminal().out().flush();
        }
    }

    private void configuration(Settings settings) {
        List<Setting> changed = settings.effective().stream()
                .filter(setting -> !setting.origin().equals("default"))
                .toList();
        findings.ok(
                "configuration",
                switch (changed.size()) {
                    case 0 -> "valid, all defaults";
                    case 1 -> "valid, 1 key set";
                    default -> "valid, " + changed.size() + " keys set";
                });
        for (Setting setting : changed) {
            findings.ok("configuration", setting.key() + " = " + setting.shown() + " (" + setting.origin() + ")");
        }
        for (Problem warning : settings.warnings()) {
            findings.warn(
                    "configuration",
                    warning.key() + " (" + warning.origin() + ") but expected " + warning.expected(),
                    warning.advice());
        }
    }

    private void repair(Settings settings) {
        try (Monitor monitor = Monitor.openExisting(settings, invocation.clock())) {
            findings.ok(
                    "repair",
                    monitor.operator().reconcile("repair", invocation.actor()).words());
        } catch (StoreException | ScheduleException e) {
            findings.fail(
                    "repair", String.valueOf(e.getMessage()), "correct what the lines below report, then try again");
        }
    }

    private void fal(Settings settings) {
        findings.ok("network", settings.egress().shown());
        String key =
                "set FAL_KEY (or FAL_KEY_ID with FAL_KEY_SECRET), or fal.key in the file, to the key of the account that"
                        + " submits the trainings";
        if (settings.fal().key() == null) {
            findings.fail("fal", "no key is configured, nothing can be asked", key);
            return;
        }
        Map<String, KeyCheck> checks = KeyCheck.all(
                settings.fal(), settings.egress().fal(), settings.trainings().endpoints(), invocation.clock());
        KeyCheck first = checks.values().iterator().next();
        access(settings.fal().baseUrl() + ": " + first.detail(), first.outcome(), key);
        checks.forEach((endpointKey, check) -> endpoint(settings.trainings(), endpointKey, check, first));
    }

    private void access(String detail, KeyCheck.Outcome outcome, String keyAdvice) {
        switch (outcome) {
            case ACCEPTED, UNKNOWN_APPLICATION -> findings.ok("fal", detail);
            case REFUSED -> findings.fail("fal", detail, keyAdvice);
            case LOCKED -> findings.fail("fal", detail, PauseDoctor.ACCOUNT_ADVICE);
            case UNCLEAR -> findings.warn("fal", detail, "try again in a while; workers do so by themselves");
            case UNREACHABLE ->
                findings.fail("fal", detail, "check fal.base-url, the network, proxies and https://status.fal.ai");
        }
    }

    private void endpoint(TrainingTypes types, String endpointKey, KeyCheck check, KeyCheck first) {
        String endpoint = types.endpoints().get(endpointKey);
        String detail = endpointKey + " = " + endpoint + ": " + check.detail();
        if (check.outcome() == KeyCheck.Outcome.ACCEPTED) {
            boolean retired = isRetired(endpoint);
            findings.okOrWarn(
                    !retired,
                    "endpoints",
                    detail + (retired ? "; fal has retired this trainer" : ""),
                    "submit new trainings to another one, such as fal-ai/flux-lora-fast-training, and set "
                            + endpointKey + " to it; running ones are followed to their end");
        } else if (check.outcome() == KeyCheck.Outcome.UNKNOWN_APPLICATION) {
            findings.fail(
                    "endpoints",
                    detail,
                    "set " + endpointKey + " to the application that the trainings are submitted to, as owner/app;"
                            + " trainings of this type cannot be followed until then, and none is failed for it");
        } else if (check.outcome() != first.outcome()) {
            // Other failures that concern all endpoints have already been reported.
            switch (check.outcome()) {
                case REFUSED, LOCKED ->
                    findings.fail("endpoints", detail, "ask the owner of the application for access with this key");
                default -> findings.warn("endpoints", detail, "try again in a while");
            }
        }
    }

    private static boolean isRetired(@Nullable String endpoint) {
        return endpoint != null
                && FalRequest.application(endpoint).filter(RETIRED::contains).isPresent();
    }
}
