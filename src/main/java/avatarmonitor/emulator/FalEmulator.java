package avatarmonitor.emulator;

import avatarmonitor.emulator.http.Op;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Notifying;
import avatarmonitor.emulator.scenario.Scenario;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A local fal queue over real HTTP (docs/fal-contract.md section 7): fal's official clients and the worker use it as
 * they use fal. All state is in memory, except for uploaded files, and is gone after {@link #close}.
 *
 * <p>Thread-safe. Scenarios come from this class, from the admin API below {@code /_emulator}, or from the input field
 * {@code _emulator} of a submit.
 */
public final class FalEmulator implements AutoCloseable {
    private final Emulation emulation;
    private final EmulatorServer server;

    private FalEmulator(Emulation emulation, EmulatorServer server) {
        this.emulation = emulation;
        this.server = server;
    }

    /**
     * Starts an emulator, which accepts connections when this returns.
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

    /** Base URL that replaces {@code https://queue.fal.run}. */
    public URI baseUri() {
        return server.baseUri();
    }

    /** Sets the scenario of submits that bring none, which is also the basis of those that set only some fields. */
    public void defaultScenario(Scenario scenario) {
        emulation.defaultScenario(scenario);
    }

    /** Registers a request as if it were submitted now, for tests that write avatar rows themselves. */
    public void register(String endpoint, String requestId, Scenario scenario) {
        register(endpoint, requestId, scenario, null);
    }

    /**
     * Registers a request with a webhook as if it were submitted now.
     *
     * @param endpoint including a sub path, on which the output depends
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
     * Replaces the scenario of a request, as if it were submitted again.
     *
     * @throws IllegalStateException when there is no such request
     */
    public void change(String requestId, Scenario scenario) {
        if (!emulation.change(requestId, scenario)) {
            throw new IllegalStateException("no request " + requestId);
        }
    }

    /** Removes the request from the queue, which then answers 404. */
    public void forget(String requestId) {
        emulation.forget(requestId);
    }

    /**
     * Adds a fault.
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

    /** Removes all faults, those of single requests included. */
    public void clearFaults() {
        emulation.faults().clear();
    }

    /** Moves the emulator's clock forward: requests progress, webhooks and expiries become due. */
    public void advance(Duration by) {
        emulation.clock().advance(by);
    }

    /** Current time of the emulator's clock. */
    public Instant now() {
        return emulation.clock().instant();
    }

    /** Returns the latest calls in order of arrival, including those without an answer. */
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

    /** Returns the attempts to deliver webhooks, oldest first. */
    public List<WebhookAttempt> webhookAttempts() {
        return emulation.webhooks().attempts();
    }

    /**
     * Sends the webhook of a finished request again.
     *
     * @throws IllegalStateException when there is nothing to send
     */
    public void sendWebhook(String requestId, Notifying.Signature signature) {
        QueuedRequest request = emulation.requests().find(requestId);
        if (request == null || !emulation.webhooks().send(request, signature)) {
            throw new IllegalStateException("no finished request with a webhook: " + requestId);
        }
    }

    /**
     * Rotates the key that signs webhooks.
     *
     * @param keepOld whether the old key stays in the JWKS
     */
    public void rotateSigningKey(boolean keepOld) {
        emulation.keys().rotate(keepOld);
    }

    /** Stops immediately: open connections are closed. */
    @Override
    public void close() {
        server.close();
        emulation.close();
    }
}
