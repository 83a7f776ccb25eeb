package avatarmonitor.emulator;

import avatarmonitor.emulator.http.Endpoint;
import avatarmonitor.emulator.http.Reply;
import avatarmonitor.emulator.scenario.Cancelling;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Phase;
import avatarmonitor.emulator.scenario.Scenario;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request in the queue. Its state at any instant follows from its scenario and from whether it was cancelled. */
final class QueuedRequest {

    /**
     * State of a request at one instant.
     *
     * @param ran duration of the current or last run
     * @param endedAt null while it is not over
     * @param outcome its end, known before it is over
     */
    record View(
            Phase phase,
            int position,
            Duration ran,
            @Nullable Instant endedAt,
            Outcome outcome,
            Scenario scenario) {

        boolean over() {
            return phase == Phase.COMPLETED;
        }
    }

    private final String endpointId;
    private final String id;
    private final @Nullable URI webhook;
    private final URI files;
    private Instant submittedAt;
    private Scenario scenario;
    private @Nullable Instant cancelledAt;
    private boolean removed;
    private int version;

    /** @param files scheme, host and port below which the emulator serves files */
    QueuedRequest(
            String endpointId, String id, @Nullable URI webhook, URI files, Instant submittedAt, Scenario scenario) {
        this.endpointId = endpointId;
        this.id = id;
        this.webhook = webhook;
        this.files = files;
        this.submittedAt = submittedAt;
        this.scenario = scenario;
    }

    /** Endpoint as submitted, with its sub path. */
    String endpointId() {
        return endpointId;
    }

    /** Endpoint without its sub path, as in the URLs of the request. */
    String endpoint() {
        return Endpoint.app(endpointId);
    }

    String id() {
        return id;
    }

    @Nullable
    URI webhook() {
        return webhook;
    }

    /** Version that changes whenever a planned webhook becomes void. */
    synchronized int version() {
        return version;
    }

    synchronized View at(Instant now) {
        Duration since = Duration.between(submittedAt, now);
        if (cancelledAt != null) {
            Duration ran = placeAt(cancelledAt).ran();
            return new View(Phase.COMPLETED, 0, ran, cancelledAt, Outcome.cancelled(), scenario);
        }
        Course.Place place = scenario.course().at(since);
        Instant endedAt = place.phase() == Phase.COMPLETED ? end().orElse(null) : null;
        return new View(place.phase(), place.position(), place.ran(), endedAt, scenario.outcome(), scenario);
    }

    /** Returns the result for this view of a finished request. */
    Reply result(View view) {
        Reply own = view.outcome().result();
        Reply reply = own == null
                ? Reply.json(200, ModelOutput.of(endpointId, id, view.scenario().filesServed() ? files : null))
                : own;
        return reply.withAll(view.outcome().headers());
    }

    synchronized Instant submittedAt() {
        return submittedAt;
    }

    /** Returns when it ends by itself or was cancelled; empty when it never ends. */
    synchronized Optional<Instant> end() {
        return cancelledAt != null
                ? Optional.of(cancelledAt)
                : scenario.course().length().map(submittedAt::plus);
    }

    /** Returns whether a cancel has removed it from the queue. */
    synchronized boolean removed() {
        return removed;
    }

    /** Returns whether its status is still available. */
    synchronized boolean statusKept(Instant now) {
        return !removed && kept(now, scenario.statusKept());
    }

    /** Returns whether its result is still available. */
    synchronized boolean resultKept(Instant now) {
        return !removed && kept(now, scenario.resultKept());
    }

    /** Cancels the request; returns false when it is already over. */
    synchronized boolean cancel(Instant now) {
        View view = at(now);
        if (view.over()) {
            return false;
        }
        Cancelling conduct = scenario.cancelling();
        switch (view.phase() == Phase.IN_QUEUE ? conduct.inQueue() : conduct.inProgress()) {
            case ENDS -> {
                cancelledAt = now;
                version++;
            }
            case REMOVED -> {
                removed = true;
                version++;
            }
            case IGNORED -> {}
        }
        return true;
    }

    /** Replaces the scenario, as if the request were submitted again. */
    synchronized void become(Scenario next, Instant now) {
        scenario = next;
        submittedAt = now;
        cancelledAt = null;
        removed = false;
        version++;
    }

    private Course.Place placeAt(Instant when) {
        return scenario.course().at(Duration.between(submittedAt, when));
    }

    private boolean kept(Instant now, Duration time) {
        Optional<Instant> end = end();
        return end.isEmpty() || now.isBefore(end.get().plus(time)) || now.isBefore(end.get());
    }
}
