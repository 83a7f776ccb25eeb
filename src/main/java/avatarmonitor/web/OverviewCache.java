package avatarmonitor.web;

import avatarmonitor.background.TimeShare;
import avatarmonitor.inspect.Condition;
import avatarmonitor.inspect.Facts;
import avatarmonitor.inspect.Overview;
import avatarmonitor.inspect.PauseRow;
import avatarmonitor.inspect.Rows;
import avatarmonitor.observe.CurrentState;
import avatarmonitor.observe.Load;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Single-flight cache of the overview: reads it again only on request and when the last reading is no longer fresh. */
final class OverviewCache {
    private static final Duration FRESH = Duration.ofMillis(1_500);

    /**
     * Reading may take one part in this number of the time, but the page never waits longer than {@link #PAUSE_MAX} for
     * new numbers, for example after an outage.
     */
    private static final int SHARE = 5;

    private static final Duration PAUSE_MAX = Duration.ofSeconds(5);

    /** Maximum age of the total beside a page of rows. */
    private static final Duration TOTAL_FRESH = Duration.ofMinutes(1);

    private final HttpService.Parts parts;
    private final HttpConfig config;
    private volatile @Nullable Count counted;

    OverviewCache(HttpService.Parts parts, HttpConfig config) {
        this.parts = parts;
        this.config = config;
    }

    /** Response of {@code /api/v1/overview}. */
    JsonObject overview() {
        Count count = count();
        Overview overview = count.situation.overview();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("at", count.at);
        members.put("worker", parts.worker());
        members.put("version", parts.version());
        members.put("read_only", config.readOnly());
        members.put("writable", config.writable());
        members.put("counts", overview.counts());
        members.put("late_most_seconds", overview.lateMostSeconds());
        Load.Sample now = parts.load().newest();
        members.put("checks_per_second", now == null ? null : now.checksPerSecond());
        members.put("late_p50_ms", now == null ? null : now.lateP50Ms());
        members.put("late_p95_ms", now == null ? null : now.lateP95Ms());
        members.put("late_p99_ms", now == null ? null : now.lateP99Ms());
        members.put(
                "workers",
                Map.of(
                        "alive",
                        overview.workersAlive(),
                        "known",
                        overview.workers().size()));
        members.put("fal_paused", paused(overview.workers()));
        members.put(
                "polling_pauses",
                overview.lasting().pauses().stream().map(PauseRow::of).toList());
        members.put("disorders", count.situation.facts().faults());
        members.put("last_reconcile_at", overview.lastReconcileAt());
        members.put(
                "conditions",
                count.situation.conditions().stream().map(Condition::members).toList());
        members.put("fal", fal(count.situation.facts()));
        return Rows.json(members);
    }

    /**
     * Returns the number of rows of a list; null when it is not counted. Reuses an older reading, since a page is not
     * worth a new one.
     */
    @Nullable
    Long total(String list) {
        Count last = counted;
        if (last == null || System.nanoTime() - last.nanos > TOTAL_FRESH.toNanos()) {
            last = count();
        }
        Map<String, Long> counts = last.situation.overview().counts();
        return counts.get(list);
    }

    /** Response of {@code /api/v1/load}. */
    JsonObject load() {
        return Rows.json(Map.of("samples", parts.load().samples()));
    }

    /** The newest sample; null before the first one. */
    @Nullable
    JsonObject loadNow() {
        Load.Sample newest = parts.load().newest();
        return newest == null ? null : Rows.json(newest);
    }

    private static JsonObject fal(Facts facts) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("requests_last_minute", facts.requests());
        members.put("answered_last_minute", facts.answered());
        members.put("silent_since", facts.silentSince());
        members.put("requests_needed_per_second", facts.neededPerSecond().orElse(null));
        members.put("requests_allowed_per_second", facts.allowedPerSecond().orElse(null));
        return Rows.json(members);
    }

    private static JsonArray paused(List<Map<String, @Nullable Object>> workers) {
        JsonArray paused = new JsonArray();
        for (Map<String, @Nullable Object> worker : workers) {
            if (worker.get("fal_paused_until") != null) {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                members.put("worker", worker.get("instance"));
                members.put("refused", worker.get("fal_refused"));
                members.put("since", worker.get("fal_paused_since"));
                members.put("until", worker.get("fal_paused_until"));
                members.put("reason", worker.get("fal_pause_reason"));
                paused.add(Rows.json(members));
            }
        }
        return paused;
    }

    private static Duration freshFor(Count last) {
        Duration pause = TimeShare.pauseAfter(Duration.ofNanos(last.tookNanos), SHARE, PAUSE_MAX);
        return pause.compareTo(FRESH) > 0 ? pause : FRESH;
    }

    /** Returns a fresh reading; concurrent callers share one. */
    private synchronized Count count() {
        long began = System.nanoTime();
        Count last = counted;
        if (last == null || began - last.nanos > freshFor(last).toNanos()) {
            Instant now = parts.clock().instant();
            CurrentState situation = CurrentState.read(parts.database(), now);
            long ended = System.nanoTime();
            last = new Count(situation, now, ended, ended - began);
            counted = last;
        }
        return last;
    }

    /**
     * One cached reading.
     *
     * @param nanos when it was made, of {@link System#nanoTime}
     */
    private record Count(CurrentState situation, Instant at, long nanos, long tookNanos) {}
}
