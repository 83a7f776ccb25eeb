package avatarmonitor.check;

import avatarmonitor.check.decision.UnwrittenEnd;
import avatarmonitor.store.StoreException;
import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Why the database refused a write.
 *
 * @param cause SQLState, five characters; {@link #SUPPRESSED} when the write changed nothing without an error
 * @param text one line of bounded length for operators
 * @param passing whether it may be temporary, such as a lock of another session: reported only when it continues
 */
record WriteRefusal(String cause, String text, boolean passing) {
    /** Value instead of an SQLState for a write that failed without an error. */
    static final String SUPPRESSED = "none";

    /** Rolls back a transaction whose write changed nothing although its row is unchanged. */
    static final class SuppressedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SuppressedException() {
            super(null, null, false, false);
        }
    }

    static WriteRefusal suppressed() {
        return new WriteRefusal(
                SUPPRESSED,
                "the UPDATE of avatars changed nothing although the row is unchanged: a trigger, a rule or row-level security suppresses it",
                false);
    }

    /** Classifies a failure; null when it concerns the database or the connection, not this write. */
    static @Nullable WriteRefusal of(StoreException e) {
        if (e.refusesWrite()) {
            return new WriteRefusal(e.sqlState().orElse(SUPPRESSED), e.serverMessage(), false);
        }
        return e.contended() ? new WriteRefusal(e.sqlState().orElse(SUPPRESSED), e.serverMessage(), true) : null;
    }

    /** Error text for {@code last_error} and the history. */
    String error() {
        return cause.equals(SUPPRESSED)
                ? "write refused: " + text
                : "write refused by the database, SQLState " + cause + ": " + text;
    }

    /**
     * Returns the detail of the event about this refusal.
     *
     * @param ending the end that was not written
     */
    JsonObject detail(UnwrittenEnd.Ending ending) {
        JsonObject detail = new JsonObject();
        detail.addProperty("ending", ending.column());
        if (!cause.equals(SUPPRESSED)) {
            detail.addProperty("sqlstate", cause);
        }
        detail.addProperty("error", text());
        return detail;
    }
}
