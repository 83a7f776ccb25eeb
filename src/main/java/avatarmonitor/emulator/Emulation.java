package avatarmonitor.emulator;

import avatarmonitor.emulator.http.BadInputException;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Faults;
import avatarmonitor.emulator.scenario.Scenario;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** State of the emulator, shared by the queue, the admin API and the Java API. */
final class Emulation implements AutoCloseable {
    private final EmulatorConfig config;
    private final EmulatorClock clock;
    private final Faults faults;
    private final RequestBook requests;
    private final CallLog calls;
    private final SigningKeys keys;
    private final Webhooks webhooks;
    private final StoredFiles files;
    private volatile URI address = URI.create("http://127.0.0.1");
    private volatile Scenario defaultScenario = Scenario.standard();

    Emulation(EmulatorConfig config) {
        this.config = config;
        this.clock = new EmulatorClock(config.time(), config.frozenClock());
        this.faults = new Faults(config.limits().faults(), new SecureRandom());
        this.requests = new RequestBook(config.limits().requests(), faults::forget);
        this.calls = new CallLog(config.limits().calls());
        this.keys = new SigningKeys();
        this.webhooks = new Webhooks(clock, keys, config.limits().requests());
        this.files = new StoredFiles(config.limits());
    }

    EmulatorConfig config() {
        return config;
    }

    EmulatorClock clock() {
        return clock;
    }

    Faults faults() {
        return faults;
    }

    RequestBook requests() {
        return requests;
    }

    CallLog calls() {
        return calls;
    }

    SigningKeys keys() {
        return keys;
    }

    Webhooks webhooks() {
        return webhooks;
    }

    StoredFiles files() {
        return files;
    }

    /** Sets the address at which the emulator can be reached. */
    void address(URI uri) {
        address = uri;
    }

    /** Creates a request without registering it. */
    QueuedRequest request(String endpointId, String id, @Nullable URI webhook, Instant submittedAt, Scenario scenario) {
        URI server = config.publicUrl() == null ? address : config.publicUrl();
        return new QueuedRequest(endpointId, id, webhook, server, submittedAt, scenario);
    }

    Scenario defaultScenario() {
        return defaultScenario;
    }

    void defaultScenario(Scenario scenario) {
        defaultScenario = scenario;
    }

    RequestBook.Added register(QueuedRequest request, Scenario scenario) {
        RequestBook.Added added = requests.add(request, clock.instant());
        if (added == RequestBook.Added.ADDED) {
            try {
                addFaults(request.id(), scenario);
            } catch (BadInputException tooMany) {
                forget(request.id());
                throw tooMany;
            }
            webhooks.plan(request);
        }
        return added;
    }

    /** Replaces the scenario of a request and removes its former faults; returns false when the request is unknown. */
    boolean change(String requestId, Scenario scenario) {
        QueuedRequest request = requests.find(requestId);
        if (request == null) {
            return false;
        }
        Instant now = clock.instant();
        faults.forget(requestId);
        addFaults(requestId, scenario);
        request.become(scenario, now);
        webhooks.plan(request);
        return true;
    }

    /** Removes the request from the queue, which then answers 404; returns false when it was unknown. */
    boolean forget(String requestId) {
        Optional<QueuedRequest> gone = requests.remove(requestId);
        faults.forget(requestId);
        gone.ifPresent(webhooks::cancel);
        return gone.isPresent();
    }

    /** Resets everything to the initial state, except for the clock and the signing keys. */
    void reset() {
        requests.clear();
        faults.clear();
        calls.clear();
        webhooks.clear();
        files.clear();
        defaultScenario = Scenario.standard();
    }

    @Override
    public void close() {
        webhooks.close();
        files.clear();
    }

    private void addFaults(String requestId, Scenario scenario) {
        for (Fault fault : scenario.faults()) {
            if (faults.add(fault.of(requestId)).isEmpty()) {
                throw new BadInputException(
                        "faults: expected at most " + config.limits().faults() + " active ones");
            }
        }
    }
}
