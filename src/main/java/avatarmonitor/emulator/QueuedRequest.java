package avatarmonitor.emulator;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request in the queue. What it is at any instant follows from its scenario and from whether it was cancelled. */
final class QueuedRequest {

    /**
     * A request at one instant.
     *
     * @param ran how long the present or last run has lasted
     * @param endedAt null while it is not over
     * @param outcome its end, also while it is not over
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

    /** As it was submitted, with its sub path. */
    String endpointId() {
        return endpointId;
    }

    /** Without its sub path, as the URLs of the request have it. */
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

    /** Changes whenever a planned webhook has become void. */
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

    /** What its result is once it is over, by this view of it. */
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

    /** When it ends by itself or ended by a cancel; empty when it never does. */
    synchronized Optional<Instant> end() {
        return cancelledAt != null
                ? Optional.of(cancelledAt)
                : scenario.course().length().map(submittedAt::plus);
    }

    /** Whether a cancel has taken it off the queue, so that nothing knows it any more. */
    synchronized boolean removed() {
        return removed;
    }

    /** Whether its status is still told. */
    synchronized boolean statusKept(Instant now) {
        return !removed && kept(now, scenario.statusKept());
    }

    /** Whether its result is still told. */
    synchronized boolean resultKept(Instant now) {
        return !removed && kept(now, scenario.resultKept());
    }

    /** Takes a cancel; false when it comes too late. */
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

    /** Lives by this scenario from now on, as if it were submitted again. */
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
