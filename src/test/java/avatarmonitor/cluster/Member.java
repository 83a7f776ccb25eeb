package avatarmonitor.cluster;

import static org.awaitility.Awaitility.await;

import avatarmonitor.process.Site;
import avatarmonitor.process.TcpProxy;
import avatarmonitor.process.WorkerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One member of the cluster: a worker process behind its own network, and its successors. */
final class Member implements AutoCloseable {
    /** Longest orderly stop on a busy machine. */
    private static final Duration STOP_MAX = Duration.ofSeconds(30);

    private static final Duration UP_MAX = Duration.ofSeconds(90);

    private final Site site;
    private final String name;
    private final TcpProxy network;
    private final Map<String, String> own = new HashMap<>();
    private int starts;
    private int httpPort;
    private boolean frozen;
    private boolean wanted;
    private @Nullable WorkerProcess process;

    Member(Site site, String name, int databasePort) {
        this.site = site;
        this.name = name;
        this.network = TcpProxy.before(databasePort);
    }

    /** Starts a worker; returns before it has done anything. Each one has its own name, which identifies its rows. */
    Member start() {
        starts++;
        wanted = true;
        own.put("worker.name", worker());
        own.put("db.url", "jdbc:postgresql://127.0.0.1:" + network.port() + "/postgres?ApplicationName=" + name);
        process = site.startWorker(own);
        return this;
    }

    /** Sets a configuration key for workers of this member that are started from now on. */
    Member with(String key, String value) {
        own.put(key, value);
        return this;
    }

    /** Gives the member's workers a port of their own, on which they serve HTTP. */
    Member withHttp() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            httpPort = free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return with("http.port", Integer.toString(httpPort));
    }

    int httpPort() {
        return httpPort;
    }

    /** Name of the member, and of its sessions in {@code pg_stat_activity}. */
    String name() {
        return name;
    }

    /** Name of the current worker; its instance id is this with a random part. */
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

    void awaitUp() {
        awaitUp(() -> {});
    }

    /**
     * Waits until it fires checks; restarts one that cannot start because the database is down.
     *
     * @param meanwhile called again and again
     */
    void awaitUp(Runnable meanwhile) {
        await().atMost(UP_MAX).until(() -> {
            startAgainIfItCouldNot();
            meanwhile.run();
            return hasStarted();
        });
    }

    /** Restarts a worker that ended during its start, as a supervisor does. */
    void startAgainIfItCouldNot() {
        if (wanted && !process().isAlive() && !hasStarted()) {
            start();
        }
    }

    boolean hasStarted() {
        return process().output().contains("worker started");
    }

    /** Returns whether its worker fires checks, as far as is known; not while it stops. */
    boolean isUp() {
        return wanted && process().isAlive() && hasStarted();
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

    /** Stops the worker and waits for its end. */
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
