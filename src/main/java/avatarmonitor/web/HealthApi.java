package avatarmonitor.web;

import avatarmonitor.background.BoundedPool;
import avatarmonitor.web.Route.Access;
import avatarmonitor.web.Route.Lane;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Health endpoints for supervisors and load balancers. Open to all; the responses contain nothing about trainings. */
final class HealthApi {
    private static final String TEXT = "text/plain; charset=utf-8";

    private final Health health;
    private final Supplier<Optional<String>> note;

    /** @param looking pool for health probes */
    HealthApi(Health health, BoundedPool looking) {
        this.note = health::note;
        this.health = new CachedHealth(health, looking, CachedHealth.PROBE_TIMEOUT, System::nanoTime);
    }

    List<Route> routes() {
        return List.of(
                // Handled by a thread that never blocks, so that it reports on the process only.
                Route.get("/healthz", Access.OPEN, Lane.DIRECT, call -> Answer.text(200, TEXT, "alive\n")),
                Route.get("/readyz", Access.OPEN, Lane.HEALTH, call -> ready()));
    }

    private Answer ready() {
        Optional<String> trouble = health.trouble();
        return trouble.map(why -> Answer.text(503, TEXT, "not ready: " + why + "\n"))
                .orElseGet(() -> Answer.text(
                        200, TEXT, "ready" + note.get().map(what -> ": " + what).orElse("") + "\n"));
    }
}
