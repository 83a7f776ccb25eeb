package avatarmonitor.web;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.event.Actor;
import avatarmonitor.event.BulkAction;
import avatarmonitor.inspect.AvatarSelection;
import avatarmonitor.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
     * Starts monitoring an avatar, and changes settings of its training.
     *
     * @throws UnavailableException like the other actions, when it could not be done
     */
    Done monitor(AvatarId id, Overrides.Change change, Actor caller);

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

    /** Maximum of avatars in one call of {@link #bulk}. */
    int BULK_MAX = 200;

    /**
     * A requested action on many avatars.
     *
     * @param where the avatars; null when they are given by id
     * @param ids at most {@link #BULK_MAX}, each once; empty when they are selected
     * @param after of the selected avatars only those with a greater id; null for all
     * @param dryRun counts only, and changes nothing
     */
    record Bulk(
            BulkAction action,
            @Nullable AvatarSelection where,
            List<AvatarId> ids,
            @Nullable AvatarId after,
            boolean dryRun) {}

    /**
     * Result of a call.
     *
     * @param matched number of avatars before the action
     * @param done number of avatars that it was done on, or had been before
     * @param notDone number of avatars that it could not be done on
     * @param left number of avatars for the next call
     * @param next last avatar of this call; null when none is left
     * @param outcomes number of avatars by outcome
     * @param rows avatars that it could not be done on, with the reason; for a dry run the first that match
     */
    record BulkDone(
            long matched,
            int done,
            int notDone,
            long left,
            @Nullable AvatarId next,
            Map<String, Integer> outcomes,
            List<Map<String, @Nullable Object>> rows) {}

    /** Returns what is wrong with a selection, as a sentence without a full stop; empty when nothing is. */
    Optional<String> problem(AvatarSelection where);

    /** Finding the avatars of a selection took too long; nothing was done. */
    final class SlowSelectionException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public SlowSelectionException(StoreException cancelled) {
            super(cancelled);
        }
    }

    /**
     * Acts on as many avatars as one call may. When the database fails after the first results, these are returned.
     *
     * @return empty when another call is under way on this worker
     * @throws SlowSelectionException when finding the avatars took too long
     * @throws StoreException when the database failed before the first result
     * @throws UnavailableException when the schedule could not be changed before the first result
     */
    Optional<BulkDone> bulk(Bulk wanted, Actor caller);

    /**
     * Runs a reconcile now and waits for its end; not done while another one that was requested from this worker runs.
     */
    Done reconcile(Actor caller);
}
