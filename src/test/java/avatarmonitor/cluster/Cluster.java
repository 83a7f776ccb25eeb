package avatarmonitor.cluster;

import static org.awaitility.Awaitility.await;

import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.process.Site;
import avatarmonitor.process.WorkerProcess;
import avatarmonitor.store.Database;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.StoppableServer;
import avatarmonitor.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Cluster of one test: workers from the jar, each behind its own network, on one PostgreSQL server, with a fal queue.
 */
final class Cluster implements AfterEachCallback {
    static final Duration CHECK_IN = Duration.ofSeconds(1);

    /** A dead worker is detected by the fourth observation of another one, one check-in interval apart. */
    static final Duration DETECTION = CHECK_IN.multipliedBy(4);

    /** Allowance for a busy machine: late starts, late requests, late answers. */
    static final Duration NOISE = Duration.ofSeconds(8);

    private final StoppableServer server = StoppableServer.create();
    private final Site site;
    private final Database database;
    private final List<Member> members = new ArrayList<>();
    private final Incidents incidents = new Incidents();
    private final Trainings trainings;
    private Duration interval = Duration.ZERO;

    private Cluster(int size) {
        TestDatabase.Fresh fresh = server.migrated();
        site = Site.on(fresh).with("cluster.check-in-interval", CHECK_IN.toMillis() + "ms");
        database = Database.open(fresh.config());
        StatusAudit.install(database);
        trainings = new Trainings(site.fal(), database);
        for (int i = 0; i < size; i++) {
            members.add(new Member(site, String.valueOf((char) ('a' + i)), server.port()));
        }
        checksEvery(Duration.ofSeconds(2));
    }

    static Cluster of(int members) {
        return new Cluster(members);
    }

    /** Sets a configuration key for workers that are started from now on. */
    Cluster with(String key, String value) {
        site.with(key, value);
        return this;
    }

    Cluster withJvmOptions(String options) {
        site.withJvmOptions(options);
        return this;
    }

    Cluster checksEvery(Duration time) {
        interval = time;
        return with("monitor.interval", time.toMillis() + "ms");
    }

    Duration interval() {
        return interval;
    }

    /** Starts every worker, and waits until all fire checks. */
    void start() {
        members.forEach(Member::start);
        members.forEach(Member::awaitStarted);
    }

    List<Member> members() {
        return members;
    }

    Member member(int index) {
        return members.get(index);
    }

    /** Returns every worker process so far, also the killed ones. */
    List<WorkerProcess> processes() {
        return site.processes();
    }

    StoppableServer server() {
        return server;
    }

    FalEmulator fal() {
        return site.fal();
    }

    Trainings trainings() {
        return trainings;
    }

    Incidents incidents() {
        return incidents;
    }

    /** The test's own connection to the database, independent of the networks. */
    Database database() {
        return database;
    }

    Avatars avatars() {
        return new Avatars(database);
    }

    /** Waits until the database is in the wanted state; ignores failures of the database meanwhile. */
    void awaitDatabase(Duration atMost, Predicate<Avatars> wanted) {
        await().atMost(atMost)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> wanted.test(avatars()));
    }

    /** Waits until each training has had at least this many status requests. */
    void awaitChecks(int each) {
        await().atMost(WorkerProcess.START_MAX.plus(interval.multipliedBy(each)))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> new CheckCounts(fal().calls()).least(trainings.all()) >= each);
    }

    /** Waits until each open training has had a status request after this moment. Returns how long that took. */
    Duration awaitAllCheckedSince(Instant since, Duration atMost) {
        await().atMost(atMost)
                .pollInterval(Duration.ofMillis(200))
                .until(() ->
                        new CheckCounts(fal().calls(call -> call.at().isAfter(since))).least(trainings.open()) > 0);
        return Duration.between(since, fal().now());
    }

    /** Waits until this worker records checks again. */
    void awaitChecksBy(Member member, Instant since, Duration atMost) {
        awaitDatabase(
                atMost,
                avatars -> avatars.count(
                                "SELECT count(*) FROM avatar_monitoring WHERE last_worker LIKE ? AND last_checked_at > ?",
                                member.worker() + "-%",
                                since.atOffset(ZoneOffset.UTC))
                        > 0);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        database.close();
        for (Member member : members) {
            member.close();
        }
        site.afterEach(context);
    }
}
