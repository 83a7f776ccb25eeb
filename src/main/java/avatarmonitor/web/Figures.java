package avatarmonitor.web;

import avatarmonitor.inspect.Overview;
import avatarmonitor.inspect.Rows;
import avatarmonitor.store.Database;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The whole in figures, counted again only when somebody asks and the last count is no longer fresh. */
final class Figures {
    private static final Duration FRESH = Duration.ofMillis(1_500);

    private final Database database;
    private final InstantSource clock;
    private final HttpConfig config;
    private final String worker;
    private final String version;
    private @Nullable Overview counted;
    private Instant countedAt = Instant.MIN;
    private long countedNanos;

    Figures(Database database, InstantSource clock, HttpConfig config, String worker, String version) {
        this.database = database;
        this.clock = clock;
        this.config = config;
        this.worker = worker;
        this.version = version;
    }

    /** As {@code /api/v1/overview} tells it. */
    JsonObject overview() {
        Overview overview = count();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("at", countedAt);
        members.put("worker", worker);
        members.put("version", version);
        members.put("read_only", config.readOnly());
        members.put("writable", config.writable());
        members.put("counts", Rows.json(overview.counts()));
        members.put("late_most_seconds", overview.lateMostSeconds());
        members.put("checks_per_second", null);
        members.put("late_p50_ms", null);
        members.put("late_p95_ms", null);
        members.put("late_p99_ms", null);
        members.put(
                "workers",
                Rows.json(Map.of(
                        "alive",
                        overview.workersAlive(),
                        "known",
                        overview.workers().size())));
        members.put("fal_paused", new JsonArray());
        members.put("last_reconcile_at", overview.lastReconcileAt());
        return Rows.json(members);
    }

    /** How many rows a list has; null when that is not counted. */
    @Nullable
    Long total(String list) {
        return count().counts().get(list);
    }

    /** As {@code /api/v1/load} tells it. */
    JsonObject load() {
        JsonObject load = new JsonObject();
        load.add("samples", new JsonArray());
        return load;
    }

    JsonObject loadNow() {
        Map<String, @Nullable Object> sample = new LinkedHashMap<>();
        sample.put("at", clock.instant());
        sample.put("checks_per_second", null);
        sample.put("late_p50_ms", null);
        sample.put("late_p99_ms", null);
        return Rows.json(sample);
    }

    /** At once for all who ask at the same time. */
    private synchronized Overview count() {
        Overview last = counted;
        if (last == null || System.nanoTime() - countedNanos > FRESH.toNanos()) {
            Instant now = clock.instant();
            last = Overview.read(database, now);
            counted = last;
            countedAt = now;
            countedNanos = System.nanoTime();
        }
        return last;
    }
}
