package avatarmonitor.reconcile;

import avatarmonitor.avatar.AvatarId;
import com.google.gson.JsonObject;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with the schedule and will not become right by itself.
 *
 * @param subject what it is about, for people and for telling one from another: {@code avatar/ID} for a trigger, otherwise the name of
 *     a group, a job or a worker
 * @param problem in words
 * @param avatar whose watch it is; null when it concerns no single avatar
 */
public record Disorder(
        Kind kind, String subject, String problem, @Nullable AvatarId avatar) {

    /** What can be wrong. */
    public enum Kind {
        /** A training whose watch is open has no trigger any more. */
        LOST,
        /** A trigger is in a state that Quartz never leaves. */
        ERROR,
        /** A trigger has lost the row that says how often it fires. */
        HALF,
        /** A trigger has fired for the last time and is still there. */
        FINISHED,
        /** A trigger is marked as taken by a worker, and no worker has it. */
        ORPHANED,
        /** A trigger waits without a time. */
        TIMELESS,
        /** A time lies further ahead than it can: a clock was wrong when it was written. */
        FUTURE,
        /** A trigger has outlived its window. */
        EXPIRED,
        /** A trigger waits since long after its time, though workers live. */
        OVERDUE,
        /** A trigger group is paused, so that nothing in it fires. */
        PAUSED,
        /** A job or a trigger that must always be there is missing or is another one. */
        MISSING,
        /** What a worker was doing is still noted, but the worker is not known any more. */
        GONE_WORKER;

        /** The word for it in events and metrics. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads {@link #word()}; a word of a newer version means what all of them mean: it never fires again. */
        public static Kind of(String word) {
            for (Kind kind : values()) {
                if (kind.word().equals(word)) {
                    return kind;
                }
            }
            return ERROR;
        }
    }

    /** That a training under watch has no trigger any more. */
    public static Disorder lost(AvatarId avatar) {
        return new Disorder(Kind.LOST, "avatar/" + avatar, "its trigger is gone", avatar);
    }

    /** What its event says. */
    public JsonObject detail() {
        JsonObject detail = new JsonObject();
        detail.addProperty("kind", kind.word());
        detail.addProperty("subject", subject);
        detail.addProperty("problem", problem);
        return detail;
    }
}
