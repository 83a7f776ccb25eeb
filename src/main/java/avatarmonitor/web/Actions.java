package avatarmonitor.web;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.Actor;
import java.util.Optional;

/** Actions that an operator can request for one avatar. Each writes an event that names the caller. */
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
}
