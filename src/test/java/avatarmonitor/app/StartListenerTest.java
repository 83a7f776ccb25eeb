package avatarmonitor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import avatarmonitor.app.start.StartListener;
import avatarmonitor.avatar.AvatarId;
import avatarmonitor.config.Settings;
import avatarmonitor.process.TcpProxy;
import avatarmonitor.reconcile.Scanner;
import avatarmonitor.store.Database;
import avatarmonitor.store.Notifications;
import avatarmonitor.store.StoreConfig;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.clock.ClockGate;
import avatarmonitor.store.migration.NotifyTrigger;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.CapturedLog;
import avatarmonitor.testing.PgBouncer;
import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One listener with the parts of a worker that neither fires nor scans, so each new trigger results from a notification
 * or a sweep.
 */
@Execution(ExecutionMode.CONCURRENT)
@ParameterizedClass
@EnumSource(
        value = TestDatabase.class,
        names = {"POSTGRESQL_15", "POSTGRESQL_18"})
final class StartListenerTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory = Path.of(".");

    @AutoClose
    private final TestDatabase.Fresh fresh;

    private final Database database;
    private final Avatars avatars;
    private final Instant started = Instant.now().minusSeconds(300);
    private final AtomicInteger wakes = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger swept = new AtomicInteger();
    private Optional<Monitor> monitor = Optional.empty();
    private Optional<StartListener> listener = Optional.empty();

    StartListenerTest(TestDatabase kind) {
        fresh = kind.fresh();
        database = fresh.database();
        avatars = new Avatars(database);
    }

    @BeforeEach
    void open() {
        Settings settings = LocalSettings.load(fresh, directory);
        monitor = Optional.of(Monitor.open(settings, InstantSource.system()));
    }

    @AfterEach
    void close() throws InterruptedException {
        if (listener.isPresent()) {
            listener.get().stop();
            listener.get().awaitEnd(SOON);
        }
        monitor.ifPresent(Monitor::close);
    }

    private StartListener listen(Supplier<Notifications> open) {
        return listen(monitor.orElseThrow(), open);
    }

    private StartListener listen(Monitor parts, Supplier<Notifications> open) {
        StartListener made = new StartListener(
                new StartListener.Parts(
                        () -> {
                            Notifications line = open.get();
                            opened.incrementAndGet();
                            return line;
                        },
                        parts.operator().sqlRequests(),
                        parts.start,
                        () -> {
                            List<AvatarId> found = Scanner.unmonitored(database, 1000);
                            swept.incrementAndGet();
                            return found;
                        },
                        wakes::incrementAndGet,
                        ClockGate.of(parts.clock)),
                "w");
        listener = Optional.of(made);
        made.start();
        return made;
    }

    private void listenDirectly() {
        listen(() -> Notifications.open(database));
        awaitFirstSweep();
    }

    /** After the first sweep every start results from a notification. */
    private void awaitFirstSweep() {
        await().atMost(SOON).until(() -> swept.get() == 1);
    }

    private AvatarId insertAndNotify() {
        AvatarId id = avatars.training("PORTRAIT", "req-" + System.nanoTime(), started);
        Sql.run(database, "NOTIFY avatar_training, '" + id + "'");
        return id;
    }

    private void awaitMonitored(AvatarId id) {
        await().atMost(SOON)
                .until(() -> Sql.rows(
                                database, "SELECT trigger_name FROM qrtz_triggers WHERE trigger_name = '" + id + "'")
                        .contains(id.toString()));
    }

    private String triggers() {
        return Sql.rows(database, "SELECT count(*) FROM qrtz_triggers WHERE trigger_group = 'avatar'")
                .get(0);
    }

    @Test
    void notifiedAvatarIsStartedAndItsTriggerWakesOtherWorkers() {
        listenDirectly();
        try (Notifications other = Notifications.open(database)) {
            awaitMonitored(insertAndNotify());

            List<Notifications.Heard> heard = await().atMost(SOON)
                    .until(
                            () -> other.hear(Duration.ofSeconds(1)),
                            all -> all.contains(new Notifications.Heard("avatar_monitor", "due")));
            assertThat(heard).isNotEmpty();
        }
        await().atMost(SOON).until(() -> wakes.get() > 0);
    }

    /** Two workers hear of each row. */
    @Test
    void thousandsOfRowsInOneStatementAreStartedOnceEachWithoutAStorm() throws InterruptedException {
        NotifyTrigger.install(database);
        listenDirectly();
        StartListener first = listener.orElseThrow();
        try (Monitor second = Monitor.open(LocalSettings.load(fresh, directory), InstantSource.system())) {
            StartListener other = listen(second, () -> Notifications.open(database));
            await().atMost(SOON).until(() -> swept.get() == 2);
            Sql.run(database, """
                    INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)
                    SELECT gen_random_uuid(), 'n', 'PORTRAIT', 'TRAINING', 'req-' || i, now() FROM generate_series(1, 3000) i""");
            await().atMost(SOON).until(() -> triggers().equals("3000"));
            other.stop();
            other.awaitEnd(SOON);
            first.stop();
            first.awaitEnd(SOON);
        }
        assertThat(Sql.rows(
                        database,
                        "SELECT count(*), count(DISTINCT avatar_id) FROM avatar_event WHERE type = 'watching'"))
                .containsExactly("3000|3000");
        assertThat(swept.get()).as("nothing was left to a sweep").isEqualTo(2);
        // 100 of each worker's ten seconds of the rate, and one second's share of those spread over a minute.
        assertThat(Sql.rows(
                        database,
                        "SELECT max(n) < 400 FROM (SELECT count(*) AS n FROM qrtz_triggers WHERE trigger_group = 'avatar'"
                                + " GROUP BY next_fire_time / 1000) seconds"))
                .containsExactly("t");
    }

    /** Reads the log, to which the same test on another database writes the same line. */
    @Test
    @ResourceLock("log of StartListener")
    void whatIsNoIdIsIgnoredAndReportedOnce() {
        listenDirectly();
        try (CapturedLog log = new CapturedLog(StartListener.class)) {
            Sql.run(
                    database,
                    "NOTIFY avatar_training, 'x'",
                    "NOTIFY avatar_training",
                    "NOTIFY avatar_training, '" + "a".repeat(7999) + "'",
                    "NOTIFY avatar_monitor, 'x'");
            awaitMonitored(insertAndNotify());

            assertThat(log.startingWith("WARN notifications without the id of an avatar are ignored"))
                    .hasSize(1);
        }
        assertThat(triggers()).isEqualTo("1");
    }

    @Test
    void requestOfASqlFunctionIsDoneAlsoWithoutListening() {
        StartListener made = listen(() -> {
            throw new StoreException(new SQLException("no notifications here", "0A000"));
        });
        AvatarId id = avatars.training("PORTRAIT", "req-1", started);
        Sql.rows(database, "SELECT avatar_monitor_start('" + id + "')");

        awaitMonitored(id);

        assertThat(made.listening()).isFalse();
    }

    /** Simulates a failover or a server restart: notifications from that time are lost. */
    @Test
    void whatWasSentWhileTheConnectionWasAwayIsFoundByASweep() {
        listenDirectly();
        AvatarId id = avatars.training("PORTRAIT", "req-1", started);
        Sql.rows(database, """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND query ~ '^(UNLISTEN|SELECT 1$)'""");

        awaitMonitored(id);

        // One sweep when the connection was lost, one after the next connect.
        await().atMost(SOON).until(() -> opened.get() == 2 && swept.get() == 3);
    }

    @Test
    void connectionThatNothingComesThroughIsNoticedAndWhatWasMissedIsFoundMeanwhile() throws IOException {
        int port = URI.create(fresh.config().url().substring("jdbc:".length())).getPort();
        try (TcpProxy proxy = TcpProxy.before(port)) {
            StoreConfig way = new StoreConfig(
                    fresh.config().url().replace(":" + port, ":" + proxy.port()),
                    fresh.config().user(),
                    fresh.config().password(),
                    8);
            try (Database through = Database.open(way)) {
                StartListener made = listen(() -> Notifications.open(through));
                awaitFirstSweep();
                proxy.swallowEverything();
                AvatarId id = insertAndNotify();
                awaitMonitored(id);
                assertThat(made.listening()).isFalse();

                // Sent while nothing listens: another sweep finds it, though no connection works yet.
                awaitMonitored(insertAndNotify());
                assertThat(opened).hasValue(1);
            }
        }
    }

    @Test
    void poolerInSessionModePassesNotificationsOn() throws IOException {
        PgBouncer.require(getClass());
        try (PgBouncer pooler = PgBouncer.before(fresh.config(), "session");
                Database through = Database.open(pooler.config())) {
            listen(() -> Notifications.open(through));
            awaitFirstSweep();

            awaitMonitored(insertAndNotify());
        }
    }

    /** A new training starts while the trigger of the previous one still exists. */
    @Test
    void retrainedAvatarIsCheckedAtOnce() {
        listenDirectly();
        AvatarId id = insertAndNotify();
        awaitMonitored(id);
        String later =
                "UPDATE qrtz_triggers SET next_fire_time = next_fire_time + 50000 WHERE trigger_group = 'avatar'";
        Sql.run(
                database,
                later,
                "UPDATE avatars SET fal_request_id = 'req-new'",
                "NOTIFY avatar_training, '" + id + "'");

        await().atMost(SOON)
                .until(() -> Sql.rows(
                                database,
                                "SELECT next_fire_time <= extract(epoch FROM clock_timestamp()) * 1000 FROM qrtz_triggers"
                                        + " WHERE trigger_group = 'avatar'")
                        .equals(List.of("t")));
    }
}
