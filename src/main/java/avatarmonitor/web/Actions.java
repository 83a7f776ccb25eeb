package avatarmonitor.web;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.Actor;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Actions that an operator can request. Each writes an event that names the caller. */
public interface Actions {
    /**
     * Result of an action.
     *
     * @param done whether it was done, or had been done before
     * @param outcome one word for programs
     * @param message one sentence for people
     */
    record Done(boolean done, String outcome, String message) {}

    /**
     * Starts monitoring an avatar.
     *
     * @throws UnavailableException like the other actions, when it could not be done
     */
    Done monitor(AvatarId id, Actor caller);

    /** Stops monitoring an avatar. */
    Done unmonitor(AvatarId id, Actor caller);

    /** Checks an avatar now; may take as long as a request to fal. Empty when there is no such avatar. */
    Optional<Done> check(AvatarId id, Actor caller);

    /** Cancels a training at fal; may take as long as the requests to fal. Empty when there is no such avatar. */
    Optional<Done> cancel(AvatarId id, Actor caller);

    /**
     * A requested pause of polling.
     *
     * @param type training type; null for all trainings
     * @param length null for a pause that only an operator ends
     */
    record Pause(
            @Nullable String type,
            @Nullable String reason,
            @Nullable Duration length) {}

    /** Pauses polling, or changes a pause. */
    Done pause(Pause wanted, Actor caller);

    /** Ends the pause of a training type; null ends all pauses. */
    Done resume(@Nullable String type, Actor caller);

    /**
     * Runs a reconcile now and waits for its end; not done while another one that was requested from this worker runs.
     */
    Done reconcile(Actor caller);
}
