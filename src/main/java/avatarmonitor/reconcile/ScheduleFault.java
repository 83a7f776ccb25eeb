package avatarmonitor.reconcile;

import avatarmonitor.avatar.AvatarId;
import com.google.gson.JsonObject;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One schedule fault that does not go away by itself.
 *
 * @param subject affected object and its identity: {@code avatar/ID} for a trigger, otherwise the name of a group,
 *     a job or a worker
 * @param problem description
 * @param avatar avatar of the trigger; null when it concerns no single avatar
 */
public record ScheduleFault(
        Kind kind, String subject, String problem, @Nullable AvatarId avatar) {

    public enum Kind {
        /** A monitored training has no trigger any more. */
        LOST,
        /** A trigger is in state ERROR, which Quartz never leaves. */
        ERROR,
        /** A trigger has lost its row in {@code qrtz_simple_triggers}, which holds its interval. */
        HALF,
        /** A trigger has fired for the last time and still exists. */
        FINISHED,
        /** A trigger is marked as acquired by a worker, but no worker holds it. */
        ORPHANED,
        /** A trigger waits without a next fire time. */
        TIMELESS,
        /** A next fire time is further ahead than possible: a clock was wrong when it was written. */
        FUTURE,
        /** A trigger exists beyond its window. */
        EXPIRED,
        /** A trigger has long been overdue, although workers are alive. */
        OVERDUE,
        /** A trigger group is paused, so that nothing in it fires. */
        PAUSED,
        /** A required job or trigger is missing or different. */
        MISSING,
        /** Firings of a worker are still recorded, but the worker no longer exists. */
        GONE_WORKER;

        /** Name in events and metrics. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * Parses {@link #word()}; an unknown name of a newer version is read as {@link #ERROR}: the trigger never fires
         * again.
         */
        public static Kind of(String word) {
            for (Kind kind : values()) {
                if (kind.word().equals(word)) {
                    return kind;
                }
            }
            return ERROR;
        }
    }

    /** Creates the fault of a monitored training without a trigger. */
    public static ScheduleFault lost(AvatarId avatar) {
        return new ScheduleFault(Kind.LOST, "avatar/" + avatar, "its trigger is gone", avatar);
    }

    /** Detail of the fault's event. */
    public JsonObject detail() {
        JsonObject detail = new JsonObject();
        detail.addProperty("kind", kind.word());
        detail.addProperty("subject", subject);
        detail.addProperty("problem", problem);
        return detail;
    }
}
