package avatarmonitor.observe;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.check.decision.CheckOutcome;
import avatarmonitor.event.Event;
import avatarmonitor.event.EventType;
import avatarmonitor.inspect.WorkerFacts;
import avatarmonitor.testing.TestFacts;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each metric by its name, and that it changes with its subject. */
class MetersTest {
    private final Meters meters = new Meters();

    @AfterEach
    void close() {
        meters.close();
    }

    @Test
    void checksAreCountedByOutcomeAndTimed() {
        meters.checked(CheckOutcome.COMPLETED, Duration.ofMillis(300));
        meters.checked(CheckOutcome.STILL_TRAINING, Duration.ofMillis(20));
        meters.checked(CheckOutcome.STILL_TRAINING, Duration.ofMillis(20));
        meters.broken(Duration.ofSeconds(2));
        meters.checked(CheckOutcome.WAITING, Duration.ofSeconds(5));
        meters.passed();

        assertValue("avatar_monitor_checks_total{outcome=\"completed\"}", 1);
        assertValue("avatar_monitor_checks_total{outcome=\"still_training\"}", 2);
        assertValue("avatar_monitor_checks_total{outcome=\"broken\"}", 1);
        assertValue("avatar_monitor_checks_total{outcome=\"failed\"}", 0);
        assertValue("avatar_monitor_checks_total{outcome=\"waiting\"}", 1);
        assertValue("avatar_monitor_check_seconds_count", 4);
        assertValue("avatar_monitor_check_seconds_bucket{le=\"0.025\"}", 2);
        assertValue("avatar_monitor_passed_fires_total", 1);
        assertThat(meters.scrape()).doesNotContain("outcome=\"passed\"");
        assertThat(meters.checks()).isEqualTo(4);
    }

    @Test
    void latenessIsAHistogramAndHasPercentiles() {
        assertThat(meters.load().lateness()).isEmpty();
        for (int i = 0; i < 99; i++) {
            meters.checkDelay(Duration.ofMillis(20));
        }
        meters.checkDelay(Duration.ofSeconds(40));

        assertValue("avatar_monitor_fire_lateness_seconds_count", 100);
        assertValue("avatar_monitor_fire_lateness_seconds_bucket{le=\"0.025\"}", 99);
        assertValue("avatar_monitor_fire_lateness_seconds_bucket{le=\"30.0\"}", 99);
        assertThat(meters.load().lateness()).hasValueSatisfying(late -> {
            assertThat(late.p50()).isBetween(18L, 25L);
            assertThat(late.p95()).isBetween(18L, 25L);
        });
    }

    @Test
    void requestsToFalAreCountedByCode() {
        meters.asked("200", Duration.ofMillis(30));
        meters.asked("timeout", Duration.ofSeconds(20));
        assertValue("avatar_monitor_fal_requests_total{code=\"200\"}", 1);
        assertValue("avatar_monitor_fal_requests_total{code=\"timeout\"}", 1);
        assertValue("avatar_monitor_fal_request_seconds_count", 2);
    }

    @Test
    void pauseOfFalIsAGauge() {
        AtomicBoolean paused = new AtomicBoolean();
        meters.flag(
                "fal_paused",
                "1 while this worker asks fal nothing, because it refused the key or wants a pause",
                paused::get);
        assertValue("avatar_monitor_fal_paused", 0);
        paused.set(true);
        assertValue("avatar_monitor_fal_paused", 1);
    }

    @Test
    void reconcileRunsAreTimedAndFailuresCounted() {
        meters.ran(Duration.ofMillis(80), true);
        meters.ran(Duration.ofMillis(80), false);
        assertValue("avatar_monitor_reconcile_seconds_count", 2);
        assertValue("avatar_monitor_reconcile_failures_total", 1);
    }

    @Test
    void restoredAvatarsAndRepairsAreCountedFromEvents() {
        happened(EventType.RESTORED, new JsonObject());
        happened(EventType.WATCHING, new JsonObject());
        JsonObject orphaned = new JsonObject();
        orphaned.addProperty("kind", "orphaned");
        happened(EventType.REPAIRED, orphaned);
        happened(EventType.REPAIRED, new JsonObject());
        assertValue("avatar_monitor_restored_total", 1);
        assertValue("avatar_monitor_repaired_total{kind=\"orphaned\"}", 1);
        assertValue("avatar_monitor_repaired_total{kind=\"lost\"}", 1);
    }

    @Test
    void gaugesOfTrainingsShowWhatWasCounted() {
        Map<String, Long> counts = new LinkedHashMap<>();
        List<String> names = List.of(
                "training",
                "watched",
                "late",
                "failing",
                "unwatched",
                "unmonitored",
                "stalled",
                "stuck",
                "invalid",
                "ends_refused");
        names.forEach(name -> counts.put(name, 3L));
        counts.put("failed_today", 9L);
        Map<String, @Nullable Object> worker = new LinkedHashMap<>(Map.of("alive", true, "interval_ms", 60_000L));
        worker.putAll(Map.of("requests_per_second_max", 5, "requests_last_minute", 9, "answered_last_minute", 7));
        List<WorkerFacts> workers = List.of(WorkerFacts.of(worker), WorkerFacts.of(Map.of("alive", false)));
        counts.put("watched", 3_001L);
        meters.show(TestFacts.of(counts, 95, workers));
        assertValue("avatar_monitor_watched", 3_001);
        assertValue("avatar_monitor_check_delay_max_seconds", 95);
        assertValue("avatar_monitor_fal_requests_last_minute", 9);
        assertValue("avatar_monitor_fal_answered_last_minute", 7);
        assertValue("avatar_monitor_requests_needed_per_second", 51);
        assertValue("avatar_monitor_requests_allowed_per_second", 5);
        counts.put("watched", 3L);
        meters.show(TestFacts.of(counts, 0, workers));
        names.forEach(name -> assertValue("avatar_monitor_" + name, 3));
        assertValue("avatar_monitor_workers_alive", 1);

        counts.replaceAll((name, count) -> 4L);
        meters.show(TestFacts.of(counts, 0, List.of()));
        names.forEach(name -> assertValue("avatar_monitor_" + name, 4));
        assertValue("avatar_monitor_workers_alive", 0);
        assertThat(meters.scrape())
                .doesNotContain("today")
                .as("absent while no worker reports them")
                .doesNotContain("requests_needed_per_second", "requests_allowed_per_second", "check_interval_seconds");
    }

    /** The other gauges keep their last values while the database does not answer. */
    @Test
    void ageOfTheGaugesTellsThatTheyAreOld() {
        AtomicLong nanos = new AtomicLong(5);
        try (Meters measured = new Meters(nanos::get)) {
            nanos.addAndGet(Duration.ofSeconds(30).toNanos());
            assertThat(measured.scrape()).contains("avatar_monitor_gauges_age_seconds 30.0");
            measured.show(TestFacts.of(Map.of("watched", 3L), 0, List.of()));
            assertThat(measured.scrape()).contains("avatar_monitor_gauges_age_seconds 0.0");
            nanos.addAndGet(Duration.ofMinutes(10).toNanos());
            assertThat(measured.scrape())
                    .contains("avatar_monitor_gauges_age_seconds 600.0", "avatar_monitor_watched 3.0");
        }
    }

    @Test
    void machineIsMeasuredToo() {
        assertThat(meters.scrape())
                .contains("jvm_memory_used_bytes", "jvm_threads_live_threads", "process_uptime_seconds");
    }

    private void happened(EventType type, JsonObject detail) {
        meters.happened(new Event(Instant.EPOCH, null, null, "w", type, detail));
    }

    private void assertValue(String series, double value) {
        assertThat(meters.scrape().lines())
                .contains(series + " "
                        + (series.contains("_bucket") || series.endsWith("_count")
                                ? Long.toString((long) value)
                                : Double.toString(value)));
    }
}
