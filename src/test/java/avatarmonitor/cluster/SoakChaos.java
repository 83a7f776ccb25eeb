package avatarmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.cluster.SoakSamples.Resources;
import avatarmonitor.process.WorkerProcess;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Receiver;
import avatarmonitor.testing.Seed;
import avatarmonitor.testing.Sql;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A long run of three workers: trainings start and end all the time, workers are killed, stopped and frozen, the
 * network and the server fail. {@code -Dsoak.minutes=60} runs an hour with 20,000 avatars; shorter runs have fewer
 * avatars, and shorter lives and retention, in proportion, unless {@code -Dsoak.avatars} sets the number. {@code
 * -Dchaos.seed=...} repeats the faults. Samples are in {@code target/soak}.
 *
 * <p>Worker {@code a} is never killed, so that its memory can be followed over the whole run.
 */
final class SoakChaos {
    private static final int MINUTES = Integer.getInteger("soak.minutes", 3);
    private static final Duration RUN = Duration.ofMinutes(MINUTES);
    private static final int AVATARS = Integer.getInteger("soak.avatars", Math.min(20_000, MINUTES * 20_000 / 60));

    /** Times of the trainings and of the configuration, as in an hour with 20,000 avatars. */
    private static final Duration SCALE = Duration.ofSeconds(AVATARS * 3_600L / 20_000);

    private static final Duration INTERVAL = longer(SCALE.dividedBy(60), Duration.ofSeconds(2));
    private static final Duration MEAN_LIFE = SCALE.dividedBy(6);

    /**
     * Age up to which trainings are monitored, and retention; longer than every life, with the backoff after an outage.
     */
    private static final Duration KEPT = longer(SCALE.dividedBy(2), Duration.ofMinutes(2));

    private static final Duration RECONCILE = SCALE.dividedBy(30);
    private static final Duration SAMPLES = RUN.dividedBy(120);

    /** An outage, the time after it, and two reconcile runs. */
    private static final Duration GRACE = Duration.ofSeconds(60).plus(RECONCILE.multipliedBy(2));

    /** The part of the run in which every table has its full size, and the last part, which is compared with it. */
    private static final double STEADY = 0.4;

    private static final double MIDDLE = 0.65;
    private static final double LATE = 0.75;

    private static final Duration END_MAX = Duration.ofMinutes(10);
    private static final int SHOWN = 10;

    /** Events that this run gives no reason for. */
    private static final Set<String> NEVER = Set.of(
            "stalled", "gave_up", "invalid", "write_refused", "repair_runaway", "worker_stuck", "window_expired");

    @RegisterExtension
    private final Cluster cluster = Cluster.of(3)
            .checksEvery(INTERVAL)
            .withJvmOptions("-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xms32m -Xmx256m -XX:MaxNewSize=32m"
                    + " -XX:+ExitOnOutOfMemoryError")
            .with("http.enabled", "true")
            .with("fal.timeout", "5s")
            .with("fal.requests-per-second", "600")
            .with("monitor.window", KEPT.toSeconds() + "s")
            .with("monitor.max-age", KEPT.toSeconds() + "s")
            .with("monitor.not-found-grace", KEPT.dividedBy(2).toSeconds() + "s")
            .with("history.retention", KEPT.toSeconds() + "s")
            .with("alerts.give-up-after", KEPT.toSeconds() + "s")
            .with("reconcile.interval", RECONCILE.toSeconds() + "s")
            .with("reconcile.retry-delay", RECONCILE.toSeconds() + "s")
            .with("reconcile.scan-interval", INTERVAL.toSeconds() + "s")
            .with("alerts.callback.secret", Receiver.SECRET);

    private final List<String> problems = new ArrayList<>();

    @Test
    void nothingGrowsIsLostOrRepeatedInALongRun() {
        long seed = Seed.given();
        StatusAudit.installEvents(cluster.database());
        SoakLoad load = new SoakLoad(cluster.fal(), cluster.database(), seed, MEAN_LIFE);
        try (CallbackCount callbacks = new CallbackCount();
                SoakSamples samples = new SoakSamples(cluster, SAMPLES, GRACE)) {
            cluster.with("alerts.callback.url", callbacks.url().toString());
            cluster.with("fal.history-url", cluster.fal().baseUri() + "/v1");
            cluster.members().forEach(Member::withHttp);
            load.begin(AVATARS);
            cluster.start();
            Thread application = load.keepUp(AVATARS);
            samples.start();
            List<Mishap> mishaps = mishaps(seed);
            new Mishaps(cluster).befall(mishaps);
            load.stop();
            application.join();
            samples.close();
            int open = load.endAll();
            settle();
            stopWorkers(samples);
            judgeEnds(callbacks);
            judgeSamples(samples);
            System.out.println("Soak minutes=" + MINUTES + " seed=" + seed + " mishaps=" + count(mishaps)
                    + " trainings=" + load.inserted() + " ended at the end=" + open + " callbacks="
                    + callbacks.avatars() + " repeated deliveries=" + callbacks.repeated() + " checks="
                    + new Gaps(cluster.fal().calls(), cluster.incidents()).checks() + " problems=" + problems.size());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        assertThat(problems.subList(0, Math.min(SHOWN, problems.size())))
                .as("%d problems, the first of them", problems.size())
                .isEmpty();
    }

    /** The first worker is never killed or stopped: it has to stay small for the whole run. */
    private static List<Mishap> mishaps(long seed) {
        Duration pause = longer(RUN.dividedBy(80), Duration.ofSeconds(4));
        return Mishap.draw(seed, 3, RUN, pause, Duration.ofSeconds(20)).stream()
                .filter(mishap -> mishap.member() != 0
                        || !Set.of(Mishap.Kind.KILL, Mishap.Kind.STOP).contains(mishap.kind()))
                .toList();
    }

    private static Map<Mishap.Kind, Integer> count(List<Mishap> mishaps) {
        Map<Mishap.Kind, Integer> counts = new TreeMap<>();
        mishaps.forEach(mishap -> counts.merge(mishap.kind(), 1, Integer::sum));
        return counts;
    }

    private void settle() {
        Avatars avatars = cluster.avatars();
        await().atMost(END_MAX)
                .pollInterval(Duration.ofSeconds(1))
                .ignoreExceptions()
                .until(() -> avatars.count("SELECT count(*) FROM avatars WHERE status = 'TRAINING'") == 0
                        && avatars.count("SELECT count(*) FROM avatar_monitor_outbox") == 0
                        && avatars.count("SELECT count(*) FROM avatar_monitor_delivery WHERE state = 'waiting'") == 0
                        && Leftovers.find(avatars, names()).isEmpty());
    }

    private List<String> names() {
        return cluster.members().stream().map(Member::worker).toList();
    }

    private void stopWorkers(SoakSamples samples) {
        for (Member member : cluster.members()) {
            if (!member.process().isAlive()) {
                problems.add("worker " + member.worker() + " ended by itself");
            } else if (member.stop() != 0) {
                problems.add("worker " + member.worker() + " was stopped and did not end in order");
            }
        }
        Leftovers.find(cluster.avatars(), List.of()).forEach(left -> problems.add("left behind: " + left));
        Map<String, Integer> errors = new TreeMap<>();
        for (WorkerProcess process : cluster.processes()) {
            samples.keepLog(process);
            process.output()
                    .lines()
                    .filter(line -> line.contains(" ERROR ") || line.contains(" WARN "))
                    .map(line -> line.replaceAll("^\\S+ ", "")
                            .replaceAll("\\[[^]]*] ", "")
                            .replaceAll("[0-9a-f-]{8,}|\\d+", "#"))
                    .forEach(line -> errors.merge(line.substring(0, Math.min(160, line.length())), 1, Integer::sum));
        }
        errors.forEach((line, times) -> System.out.println(times + " × " + line));
    }

    /** Each avatar has the expected end by one write, one event and one callback. */
    private void judgeEnds(CallbackCount callbacks) {
        for (String row : Sql.rows(cluster.database(), """
                SELECT a.id, e.ending, e.status, a.status, a.training_error, e.error,
                       (SELECT string_agg(w.worker || ' ' || w.at || ' ' || w.new_status, ';') FROM avatar_audit w WHERE w.avatar_id = a.id),
                       (SELECT string_agg(t.type, ',') FROM soak_told t WHERE t.avatar_id = a.id)
                FROM avatars a JOIN soak_expected e ON e.avatar_id = a.id
                WHERE a.status <> e.status
                   OR a.finetune_id IS DISTINCT FROM e.finetune_id
                   OR a.diffusers_lora_file_url IS DISTINCT FROM e.diffusers_lora_file_url
                   OR a.config_file_url IS DISTINCT FROM e.config_file_url
                   OR (e.error IS NULL) <> (a.training_error IS NULL)
                   OR position(coalesce(e.error, '') IN coalesce(a.training_error, '')) = 0
                   OR (SELECT count(*) FROM avatar_audit w WHERE w.avatar_id = a.id) <> 1
                   OR (SELECT string_agg(t.type, ',') FROM soak_told t WHERE t.avatar_id = a.id) IS DISTINCT FROM e.event""")) {
            problems.add("wrong end: " + row);
        }
        for (String row : Sql.rows(cluster.database(), "SELECT avatar_id, event IS NOT NULL FROM soak_expected")) {
            int told = callbacks.about(row.substring(0, row.indexOf('|')));
            int expected = row.endsWith("t") ? 1 : 0;
            if (told != expected) {
                problems.add("callbacks: " + told + " instead of " + expected + " about " + row);
            }
        }
    }

    private void judgeSamples(SoakSamples samples) {
        problems.addAll(samples.violations());
        System.out.println("events " + new TreeMap<>(samples.events()));
        NEVER.stream()
                .filter(samples.events()::containsKey)
                .forEach(type -> problems.add(samples.events().get(type) + " events " + type));

        List<Resources> steady = samples.resources("a", 1 / 3.0, 1);
        List<Resources> late = samples.resources("a", LATE, 1);
        System.out.printf(
                "worker a, last two thirds: resident %.0f to %.0f MB, slope %.1f MB per hour; heap %.0f to %.0f MB, slope %.1f MB"
                        + " per hour; threads %d to %d, files %d to %d, connections %d to %d%n",
                least(steady, Resources::rss),
                most(steady, Resources::rss),
                SoakSamples.perHour(steady, Resources::rss),
                least(answered(steady), Resources::heap),
                most(steady, Resources::heap),
                SoakSamples.perHour(answered(steady), Resources::heap),
                (int) least(steady, Resources::threads),
                (int) most(steady, Resources::threads),
                (int) least(steady, Resources::files),
                (int) most(steady, Resources::files),
                (int) least(steady, Resources::connections),
                (int) most(steady, Resources::connections));
        List<Resources> middle = samples.resources("a", STEADY, MIDDLE);
        flat("resident memory", most(middle, Resources::rss), most(late, Resources::rss), 1.1, 10);
        flat("least heap", least(answered(middle), Resources::heap), least(answered(late), Resources::heap), 1.2, 10);
        flat("threads", least(middle, Resources::threads), least(late, Resources::threads), 1.0, 2);
        flat("files", least(middle, Resources::files), least(late, Resources::files), 1.0, 4);

        Map<String, Double> rows = samples.largest(SoakSamples.Table::rows, STEADY, MIDDLE);
        Map<String, Double> sizes = samples.largest(SoakSamples.Table::size, STEADY, MIDDLE);
        Map<String, Double> lateRows = samples.largest(SoakSamples.Table::rows, LATE, 1);
        Map<String, Double> lateSizes = samples.largest(SoakSamples.Table::size, LATE, 1);
        rows.forEach((table, most) -> {
            System.out.printf(
                    "%s: %.0f rows, %.1f MB; late %.0f rows, %.1f MB%n",
                    table, most, sizes.get(table), lateRows.get(table), lateSizes.get(table));
            // Its rows belong to the application.
            if (!table.equals("avatars")) {
                flat("rows of " + table, most, lateRows.getOrDefault(table, 0.0), 1.2, 100);
                flat(
                        "megabytes of " + table,
                        sizes.getOrDefault(table, 0.0),
                        lateSizes.getOrDefault(table, 0.0),
                        1.25,
                        1);
            }
        });
    }

    private void flat(String what, double middle, double late, double factor, double allowance) {
        if (late > middle * factor + allowance) {
            problems.add("%s grew from %.1f to %.1f".formatted(what, middle, late));
        }
    }

    private static List<Resources> answered(List<Resources> samples) {
        return samples.stream().filter(sample -> sample.heap() >= 0).toList();
    }

    private static double least(List<Resources> samples, ToDoubleFunction<Resources> value) {
        return samples.stream().mapToDouble(value).min().orElse(0);
    }

    private static double most(List<Resources> samples, ToDoubleFunction<Resources> value) {
        return samples.stream().mapToDouble(value).max().orElse(0);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
