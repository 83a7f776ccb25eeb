package avatarmonitor.bench;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the measurements one after another and writes {@code report.md} and {@code report.json}, also after each of
 * them. A failed one is noted in the report, the others continue, and the run fails in the end.
 */
final class Benchmark {
    private Benchmark() {}

    public static void main(String[] arguments) throws Exception {
        Options options = Options.given();
        Files.createDirectories(options.directory());
        Map<String, String> machine = Machine.facts();
        Results results = new Results();
        List<String> failed = new ArrayList<>();
        try (Server server = Server.start(options.directory())) {
            Bench bench = new Bench(options, server, results);
            Report report = new Report(machine, settings(server), results);
            for (Measure measure : measures(options)) {
                boolean inThisForm = options.quick() ? measure.quick() : !measure.byNameOnly();
                if (options.only().isEmpty() ? inThisForm : options.wanted(measure.name())) {
                    try {
                        measure.run(bench);
                    } catch (Exception e) {
                        e.printStackTrace();
                        bench.note("%s FAILED: %s", measure.name(), e);
                        failed.add(measure.name());
                    }
                    report.write(options.directory());
                }
            }
            System.out.println();
            System.out.println(report.markdown());
            System.out.println("also in " + options.directory().resolve("report.md"));
        }
        if (!failed.isEmpty()) {
            throw new IllegalStateException("measures failed: " + failed);
        }
    }

    /** The first is the reference for everything else. */
    private static List<Measure> measures(Options options) {
        return List.of(
                Backlog.ofOneWorker(options.backlog()),
                new Storing(options),
                new TakeUp(options.backlog()),
                new Steady(1_000, false),
                new Steady(10_000, false),
                new Steady(100_000, false),
                new Steady(100_000, true),
                Backlog.of(options.backlog(), 2),
                Backlog.of(options.backlog(), 3),
                Backlog.fromFar(options.backlog()),
                new LoadCurve(options),
                FullChecks.eachMinute(10_000),
                FullChecks.eachMinute(100_000),
                FullChecks.slowlyAnswered(100_000),
                FullChecks.tooMany(),
                new CatchUp(100_000),
                new Callbacks(),
                new Startup(),
                new Plan(),
                new Bloat(),
                new SettingsSearch(options));
    }

    private static Map<String, String> settings(Server server) throws Exception {
        Map<String, String> all = new LinkedHashMap<>();
        server.settings().forEach((name, value) -> all.put("postgresql " + name, value));
        for (Kind kind : Kind.values()) {
            String url = server.create(false);
            Contestant contestant = kind.open(url, Tuning.BEST);
            all.put(kind.label(), contestant.settings());
            contestant.stop();
            server.drop(url);
        }
        return all;
    }
}
