package avatarmonitor.check;

import avatarmonitor.store.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * Why the database did not take a write.
 *
 * @param cause SQLState, five characters; {@link #SUPPRESSED} when the write just changed nothing
 * @param text one bounded line for operators
 * @param passing whether it may pass by itself, such as a lock of another session: told only when it goes on
 */
record WriteRefusal(String cause, String text, boolean passing) {
    /** Stands for the SQLState of a write that failed without an error. */
    static final String SUPPRESSED = "none";

    /** The end of a transaction whose write changed nothing although its row is unchanged. */
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

    /** Null when the failure tells of the database or the way to it, not of this write. */
    static @Nullable WriteRefusal of(StoreException e) {
        if (e.refusesWrite()) {
            return new WriteRefusal(e.sqlState().orElse(SUPPRESSED), e.serverMessage(), false);
        }
        return e.contended() ? new WriteRefusal(e.sqlState().orElse(SUPPRESSED), e.serverMessage(), true) : null;
    }

    /** For {@code last_error} and the history. */
    String error() {
        return cause.equals(SUPPRESSED)
                ? "write refused: " + text
                : "write refused by the database, SQLState " + cause + ": " + text;
    }
}
