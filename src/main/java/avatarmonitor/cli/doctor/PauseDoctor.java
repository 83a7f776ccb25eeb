package avatarmonitor.cli.doctor;

import avatarmonitor.inspect.AgeText;
import avatarmonitor.inspect.Overview;
import avatarmonitor.pause.PollingPause;
import avatarmonitor.pause.PollingPauses;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Jdbc;
import avatarmonitor.store.sql.Timestamps;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The part of {@code doctor} that reports pauses by operators, live workers whose polling fal has paused, and a
 * platform API that refuses access, and why. The doctor's own key may be another one.
 */
final class PauseDoctor {
    private static final String KEY_ADVICE =
            "set its FAL_KEY or fal.key to a key that fal takes and start it again; it goes on by itself when fal takes the"
                    + " present one again";
    static final String ACCOUNT_ADVICE =
            "top up the account at https://fal.ai/dashboard/billing or ask fal why it is locked; polling goes on by itself"
                    + " afterwards";
    private static final String PACE_ADVICE =
            "it goes on by itself; if it happens often, lower fal.requests-per-second or raise monitor.interval";

    private PauseDoctor() {}

    static void examine(Database database, Instant now, Findings findings) {
        for (PollingPause pause : database.read(PollingPauses::read)) {
            findings.warn(
                    "pauses",
                    pause.words() + ", since " + pause.since().truncatedTo(ChronoUnit.SECONDS) + " ("
                            + AgeText.of(pause.since(), now) + "), " + pause.untilWords(),
                    "to end it: avatar-monitor resume" + (pause.type() == null ? "" : " --type " + pause.type()));
        }
        List<Map<String, @Nullable Object>> paused = database.read(Overview::workers).stream()
                .filter(worker -> Boolean.TRUE.equals(worker.get("alive")) && worker.get("fal_paused_until") != null)
                .toList();
        if (paused.isEmpty()) {
            findings.ok("pauses", "no worker is paused by fal");
        }
        paused.forEach(worker -> worker(worker, now, findings));
        platformApi(database, now, findings);
    }

    /** Reports nothing while the platform API lists ends, or no worker has asked it. */
    private static void platformApi(Database database, Instant now, Findings findings) {
        String sql = "SELECT off_since, off_reason FROM avatar_monitor_fal_history WHERE off_since IS NOT NULL";
        Optional<String> off = database.read(connection -> Jdbc.first(connection, sql, row -> {
            Instant since = Timestamps.at(row, "off_since");
            return since.truncatedTo(ChronoUnit.SECONDS) + " (" + AgeText.of(since, now) + "): "
                    + row.getString("off_reason");
        }));
        off.ifPresent(since -> findings.warn(
                "history",
                "fal's platform API is not used since " + since + "; ends are found by polling and webhooks only",
                "use a key with access and restart a worker, or set fal.history = off"));
    }

    private static void worker(Map<String, @Nullable Object> worker, Instant now, Findings findings) {
        // A worker of an older version reports neither the start nor the reason of a pause.
        String since = worker.get("fal_paused_since") instanceof Instant began
                ? " since " + began.truncatedTo(ChronoUnit.SECONDS) + " (" + AgeText.of(began, now) + ")"
                : "";
        String next = worker.get("fal_paused_until") instanceof Instant until && until.isAfter(now)
                ? AgeText.of(until, now)
                : "with its next check";
        String detail = worker.get("instance") + " asks fal nothing" + since + ", tries again " + next + ": "
                + worker.get("fal_pause_reason");
        switch (String.valueOf(worker.get("fal_refused"))) {
            case "key" -> findings.fail("pauses", detail, KEY_ADVICE);
            case "account" -> findings.fail("pauses", detail, ACCOUNT_ADVICE);
            default -> findings.warn("pauses", detail, PACE_ADVICE);
        }
    }
}
