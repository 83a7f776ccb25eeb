package avatarmonitor.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A local fal queue on real HTTP (docs/fal-contract.md section 7): fal's official clients and our worker talk to it as they talk to
 * fal. Everything is kept in memory and is gone after {@link #close}.
 *
 * <p>Safe for use by many threads. Scenarios come from here, from the admin API below {@code /_emulator}, or from the input
 * field {@code _emulator} of a submit.
 */
public final class FalEmulator implements AutoCloseable {
    private final Emulation emulation;
    private final EmulatorServer server;

    private FalEmulator(Emulation emulation, EmulatorServer server) {
        this.emulation = emulation;
        this.server = server;
    }

    /**
     * Listens when this returns.
     *
     * @throws UncheckedIOException when the address cannot be used
     */
    public static FalEmulator start(EmulatorConfig config) {
        Emulation emulation = new Emulation(config);
        try {
            return new FalEmulator(emulation, new EmulatorServer(emulation));
        } catch (IOException cannotListen) {
            emulation.close();
            throw new UncheckedIOException(
                    "cannot listen on " + config.host() + ":" + config.port() + ": " + cannotListen.getMessage(),
                    cannotListen);
        }
    }

    /** What stands in place of {@code https://queue.fal.run}. */
    public URI baseUri() {
        return server.baseUri();
    }

    /** The scenario of submits that bring none, and the basis of those that name only some fields. */
    public void defaultScenario(Scenario scenario) {
        emulation.defaultScenario(scenario);
    }

    /** A request with this id, submitted now by nobody: for tests that write avatar rows themselves. */
    public void register(String endpoint, String requestId, Scenario scenario) {
        register(endpoint, requestId, scenario, null);
    }

    /**
     * A request with this id and a webhook, submitted now by nobody.
     *
     * @param endpoint with its sub path, if it has one: its output depends on it
     * @throws IllegalArgumentException when the id is not 1 to 64 letters, digits and hyphens
     * @throws IllegalStateException when the id is taken, or there are too many unfinished requests
     */
    public void register(String endpoint, String requestId, Scenario scenario, @Nullable URI webhook) {
        if (!QueueCalls.isRequestId(requestId)) {
            throw new IllegalArgumentException("not a fal request id: " + requestId);
        }
        QueuedRequest request = emulation.request(
                endpoint, requestId, webhook, emulation.clock().instant(), scenario);
        RequestBook.Added added = emulation.register(request, scenario);
        if (added != RequestBook.Added.ADDED) {
            throw new IllegalStateException("request " + requestId + " is not taken in: " + added);
        }
    }

    /**
     * From now on the request lives by this scenario, as if it were submitted again.
     *
     * @throws IllegalStateException when there is no such request
     */
    public void change(String requestId, Scenario scenario) {
        if (!emulation.change(requestId, scenario)) {
            throw new IllegalStateException("no request " + requestId);
        }
    }

    /** The queue no longer knows the request: 404. */
    public void forget(String requestId) {
        emulation.forget(requestId);
    }

    /**
     * Makes calls go wrong from now on.
     *
     * @return its number, for {@link #clearFault}
     * @throws IllegalStateException when there are too many
     */
    public int inject(Fault fault) {
        return emulation.faults().add(fault).orElseThrow(() -> new IllegalStateException("too many faults"));
    }

    public void clearFault(int number) {
        emulation.faults().remove(number);
    }

    /** Faults of all requests and of single ones. */
    public void clearFaults() {
        emulation.faults().clear();
    }

    /** Moves the emulator's clock forward: requests move on, webhooks and expiries become due. */
    public void advance(Duration by) {
        emulation.clock().advance(by);
    }

    /** The emulator's time. */
    public Instant now() {
        return emulation.clock().instant();
    }

    /** The latest calls in order of arrival, those without an answer included. */
    public List<Call> calls() {
        return calls(any -> true);
    }

    public List<Call> calls(Op op) {
        return calls(call -> call.op() == op);
    }

    public List<Call> calls(String requestId, Op op) {
        return calls(call -> call.op() == op && requestId.equals(call.requestId()));
    }

    public List<Call> calls(Predicate<Call> wanted) {
        return emulation.calls().list(wanted);
    }

    /** Attempts to deliver webhooks, oldest first. */
    public List<WebhookAttempt> webhookAttempts() {
        return emulation.webhooks().attempts();
    }

    /**
     * Sends the webhook of a finished request once more.
     *
     * @throws IllegalStateException when there is nothing to send
     */
    public void sendWebhook(String requestId, Notifying.Signature signature) {
        QueuedRequest request = emulation.requests().find(requestId);
        if (request == null || !emulation.webhooks().send(request, signature)) {
            throw new IllegalStateException("no finished request with a webhook: " + requestId);
        }
    }

    /** Webhooks are signed with a new key from now on; the old one stays in the JWKS or not. */
    public void rotateSigningKey(boolean keepOld) {
        emulation.keys().rotate(keepOld);
    }

    /** Stops at once: calls under way lose their connection. */
    @Override
    public void close() {
        server.close();
        emulation.close();
    }
}
