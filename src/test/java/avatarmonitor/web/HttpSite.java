package avatarmonitor.web;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.event.Actor;
import avatarmonitor.inspect.AvatarSelection;
import avatarmonitor.observe.Load;
import avatarmonitor.observe.Meters;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.schema.AvatarSchema;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.TestDatabase;
import avatarmonitor.web.HttpConfig.TokenForReading;
import avatarmonitor.web.access.AccessToken;
import avatarmonitor.web.access.TokenBook;
import avatarmonitor.web.limit.ClientDeadlines;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A real server on a free port with a database; actions are only recorded. */
final class HttpSite implements AutoCloseable {
    static final String TOKEN = "correct-horse-battery-staple";

    /** Short client timeouts, so that tests need not wait long. */
    static final ClientDeadlines.Limits SHORT =
            new ClientDeadlines.Limits(Duration.ofSeconds(1), Duration.ofSeconds(2));

    private final TestDatabase.Fresh database;
    private final HttpService service;
    private final Meters meters = new Meters();
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    volatile boolean slowSelection;
    final List<Actor> callers = Collections.synchronizedList(new ArrayList<>());
    volatile @Nullable String trouble;
    /** Number of health probes. */
    final AtomicInteger looks = new AtomicInteger();
    /** Blocks health probes until it is counted down. */
    volatile CountDownLatch hanging = new CountDownLatch(0);
    /** Blocks the action {@code check} until it is counted down. */
    final CountDownLatch held = new CountDownLatch(1);

    final CountDownLatch checking = new CountDownLatch(1);

    private HttpSite(
            TestDatabase.Fresh database,
            HttpConfig config,
            @Nullable WebhookInbox webhooks,
            ClientDeadlines.Limits limits) {
        this(database, () -> AvatarSchema.read(database.database()), config, webhooks, limits);
    }

    private HttpSite(
            TestDatabase.Fresh database,
            Supplier<AvatarSchema> schema,
            HttpConfig config,
            @Nullable WebhookInbox webhooks,
            ClientDeadlines.Limits limits) {
        this.database = database;
        HttpService.Parts parts = new HttpService.Parts(
                database.database(),
                schema,
                InstantSource.system(),
                new NotingActions(),
                () -> {
                    looks.incrementAndGet();
                    awaitHealth();
                    return Optional.ofNullable(trouble);
                },
                meters,
                new Load(),
                webhooks,
                "worker-1",
                "1.2.3");
        try {
            service = HttpService.bind(config, parts, limits);
        } catch (RuntimeException e) {
            meters.close();
            database.close();
            throw e;
        }
        service.start();
    }

    static HttpSite on(TestDatabase kind) {
        return on(kind, config(new AccessToken(TOKEN), false));
    }

    static HttpSite on(TestDatabase kind, HttpConfig config) {
        return new HttpSite(kind.fresh(), config, null, SHORT);
    }

    /** Creates a site that reads the columns of the application's table only once, like a worker. */
    static HttpSite patientOn(TestDatabase kind) {
        TestDatabase.Fresh database = kind.fresh();
        AvatarSchema schema = AvatarSchema.read(database.database());
        return new HttpSite(database, () -> schema, config(null, true), null, ClientDeadlines.Limits.USUAL);
    }

    static HttpSite patientWithClients() {
        return new HttpSite(TestDatabase.H2.fresh(), config(null, true), null, ClientDeadlines.Limits.USUAL);
    }

    static HttpSite with(WebhookInbox webhooks) {
        return new HttpSite(TestDatabase.H2.fresh(), config(null, true), webhooks, SHORT);
    }

    static HttpConfig config(@Nullable AccessToken token, boolean readOnly) {
        return new HttpConfig(
                true, "127.0.0.1", OptionalInt.of(0), readOnly, TokenForReading.AUTO, new TokenBook(token, null, null));
    }

    HttpService service() {
        return service;
    }

    TestDatabase.Fresh database() {
        return database;
    }

    Avatars avatars() {
        return new Avatars(database.database());
    }

    int port() {
        return URI.create(service.url()).getPort();
    }

    HttpClient client() {
        return client;
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(service.url() + path)).timeout(Duration.ofSeconds(30));
    }

    HttpResponse<String> get(String path) {
        return send(to(path));
    }

    HttpResponse<String> post(String path) {
        return send(to(path).header("Authorization", "Bearer " + TOKEN).POST(HttpRequest.BodyPublishers.noBody()));
    }

    HttpResponse<String> post(String path, String body) {
        return send(
                to(path).header("Authorization", "Bearer " + TOKEN).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    JsonObject json(String path) {
        return JsonParser.parseString(get(path).body()).getAsJsonObject();
    }

    RawClient raw() {
        return RawClient.to(port());
    }

    private void awaitHealth() {
        try {
            if (!hanging.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody let the look go");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("a thread that may be inside H2 was interrupted", e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        held.countDown();
        hanging.countDown();
        service.stop(Duration.ofSeconds(5));
        meters.close();
        database.close();
    }

    /** A full page of these exceeds the buffer of a client that does not read. */
    static final String LARGE_ANSWER =
            "GET /api/v1/avatars?state=unwatched&limit=200 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

    void fillLargeAnswer() {
        avatars().run("""
                INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)
                SELECT random_uuid(), repeat('n', 90), 'PORTRAIT', 'TRAINING', repeat('r', 60), now() FROM system_range(1, 200)""");
    }

    private final class NotingActions implements Actions {
        @Override
        public Done monitor(AvatarId id, Overrides.Change change, Actor caller) {
            asked.add("monitor " + id
                    + (change.isNothing() ? "" : " " + change.given().words()));
            callers.add(caller);
            return new Done(true, "watched", "Monitored.");
        }

        @Override
        public Done unmonitor(AvatarId id, Actor caller) {
            asked.add("unmonitor " + id);
            callers.add(caller);
            return new Done(false, "not_watched", "It was not monitored.");
        }

        @Override
        public Done pause(Pause wanted, Actor caller) {
            asked.add("pause " + wanted.type() + " " + wanted.reason() + " " + wanted.length());
            callers.add(caller);
            return new Done(true, "paused", "Polling is paused.");
        }

        @Override
        public Done resume(@Nullable String type, Actor caller) {
            asked.add("resume " + type);
            callers.add(caller);
            return new Done(true, "resumed", "Polling goes on.");
        }

        @Override
        public Optional<Done> cancel(AvatarId id, Actor caller) {
            asked.add("cancel " + id);
            callers.add(caller);
            return Optional.of(new Done(true, "cancel_requested", "fal has taken the cancel."));
        }

        @Override
        public Optional<String> problem(AvatarSelection where) {
            return where.filter().type().equals("unknown") ? Optional.of("there is no such type") : Optional.empty();
        }

        @Override
        public Optional<BulkDone> bulk(Bulk wanted, Actor caller) {
            AvatarSelection where = wanted.where();
            asked.add("bulk " + wanted.action() + " " + (where == null ? wanted.ids() : where.words()) + " "
                    + wanted.after() + " " + wanted.dryRun());
            callers.add(caller);
            if (slowSelection) {
                throw new SlowSelectionException(new StoreException(new SQLException("cancelled", "57014")));
            }
            return Optional.of(new BulkDone(0, 0, 0, 0, null, Map.of(), List.of()));
        }

        @Override
        public Done reconcile(Actor caller) {
            asked.add("reconcile");
            callers.add(caller);
            return new Done(true, "reconciled", "Monitoring started: 1.");
        }

        @Override
        public Optional<Done> check(AvatarId id, Actor caller) {
            asked.add("check " + id);
            callers.add(caller);
            checking.countDown();
            try {
                if (!held.await(60, TimeUnit.SECONDS)) {
                    throw new AssertionError("nobody let the check go");
                }
            } catch (InterruptedException e) {
                throw new AssertionError("a thread that may be inside H2 was interrupted", e);
            }
            return Optional.of(new Done(true, "still_training", "Still training; fal was asked."));
        }
    }
}
