package avatarmonitor.web;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.event.Actor;
import java.util.Optional;

/** What a person may ask for one avatar. Each leaves an event that names the caller. */
public interface Actions {
    /**
     * What a request came to.
     *
     * @param done whether it was done, or had been done before
     * @param outcome one word for programs
     * @param message one sentence for people
     */
    record Done(boolean done, String outcome, String message) {}

    /**
     * Puts an avatar under watch.
     *
     * @throws UnavailableException as the others, when it could not be done
     */
    Done monitor(AvatarId id, Actor caller);

    /** Ends the watch of an avatar. */
    Done unmonitor(AvatarId id, Actor caller);

    /** Asks fal about an avatar, now; may take as long as one question to fal. Empty when there is no such avatar. */
    Optional<Done> check(AvatarId id, Actor caller);
}
