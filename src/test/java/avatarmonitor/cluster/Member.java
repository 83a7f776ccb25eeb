package avatarmonitor.cluster;

import static org.awaitility.Awaitility.await;

import avatarmonitor.process.Site;
import avatarmonitor.process.TcpProxy;
import avatarmonitor.process.WorkerProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One place in the cluster: a worker process behind a network of its own, and its successors one after the other. */
final class Member implements AutoCloseable {
    /** Longest that a stop in order may take on a busy machine. */
    private static final Duration STOP_MAX = Duration.ofSeconds(30);

    private static final Duration UP_MAX = Duration.ofSeconds(90);

    private final Site site;
    private final String name;
    private final TcpProxy network;
    private final Map<String, String> own = new HashMap<>();
    private int starts;
    private boolean frozen;
    private boolean wanted;
    private @Nullable WorkerProcess process;

    Member(Site site, String name, int databasePort) {
        this.site = site;
        this.name = name;
        this.network = TcpProxy.before(databasePort);
    }

    /** Starts a worker; returns before it has done anything. Each one has a name of its own, by which its rows are known. */
    Member start() {
        starts++;
        wanted = true;
        own.put("worker.name", worker());
        own.put("db.url", "jdbc:postgresql://127.0.0.1:" + network.port() + "/postgres?ApplicationName=" + name);
        process = site.startWorker(own);
        return this;
    }

    /** Sets a configuration key of this member's workers alone that are started from now on. */
    Member with(String key, String value) {
        own.put(key, value);
        return this;
    }

    /** Name of the place, and of its sessions in {@code pg_stat_activity}. */
    String name() {
        return name;
    }

    /** Name of the present worker; its instance id is this and a random part. */
    String worker() {
        return name + "-" + starts;
    }

    WorkerProcess process() {
        if (process == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return process;
    }

    TcpProxy network() {
        return network;
    }

    Member awaitStarted() {
        process().awaitStarted();
        return this;
    }

    /** Waits until it fires checks; one that cannot start because the database is down is started again. */
    void awaitUp() {
        await().atMost(UP_MAX).until(() -> {
            startAgainIfItCouldNot();
            return hasStarted();
        });
    }

    /** What supervises processes starts one again that ended before it began. */
    void startAgainIfItCouldNot() {
        if (wanted && !process().isAlive() && !hasStarted()) {
            start();
        }
    }

    boolean hasStarted() {
        return process().output().contains("worker started");
    }

    void kill() {
        wanted = false;
        process().sigkill();
        frozen = false;
    }

    void freeze() {
        process().sigstop();
        frozen = true;
    }

    void thaw() {
        process().sigcont();
        frozen = false;
    }

    void beginToStop() {
        wanted = false;
        process().sigterm();
    }

    /** Tells it to stop and waits for its end. */
    int stop() {
        if (frozen) {
            thaw();
        }
        beginToStop();
        return awaitEnd();
    }

    int awaitEnd() {
        return process().exitCode(STOP_MAX);
    }

    @Override
    public void close() throws Exception {
        network.close();
    }
}
