package avatarmonitor.web;

import avatarmonitor.web.Route.Access;
import avatarmonitor.web.Route.Lane;
import java.util.List;
import java.util.Optional;

/** For supervisors and load balancers. Open to all: one word each, nothing about trainings. */
final class HealthApi {
    private static final String TEXT = "text/plain; charset=utf-8";

    private final Health health;

    /** @param looking where looks at the worker's health are made */
    HealthApi(Health health, Desk looking) {
        this.health = new KeptHealth(health, looking, KeptHealth.LOOK_MAX, System::nanoTime);
    }

    List<Route> routes() {
        return List.of(
                // Answered by a thread that waits for nothing, so that it tells about the process alone.
                Route.get("/healthz", Access.OPEN, Lane.DIRECT, call -> Answer.text(200, TEXT, "alive\n")),
                Route.get("/readyz", Access.OPEN, Lane.HEALTH, call -> ready()));
    }

    private Answer ready() {
        Optional<String> trouble = health.trouble();
        return trouble.map(why -> Answer.text(503, TEXT, "not ready: " + why + "\n"))
                .orElseGet(() -> Answer.text(200, TEXT, "ready\n"));
    }
}
