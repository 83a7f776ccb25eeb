package avatarmonitor.fal.limit;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The polling pause of all processes that use the same key: what one of them finds holds for all, and one of them at a
 * time makes the attempt that shows whether a refused key is accepted again. May fail with any RuntimeException while
 * the shared row is unavailable; a process then uses its local state.
 */
public interface SharedPause {

    /** A process that shares its pauses with no other. */
    SharedPause NONE = new SharedPause() {
        @Override
        public Optional<Known> exchange(Found found, Instant now) {
            return Optional.empty();
        }

        @Override
        public Optional<Claim> claim(long version) {
            return Optional.of(new Claim(version, Duration.ZERO));
        }
    };

    /** What a process has found since its last exchange. */
    sealed interface Found {

        record Nothing() implements Found {}

        /** fal refused a request. */
        record Refused(Paused pause) implements Found {}

        /**
         * fal answered, which ends the pause.
         *
         * @param version of the pause that ended; a newer one goes on
         */
        record Answered(long version) implements Found {}
    }

    /**
     * The shared pause.
     *
     * @param version differs after every change
     * @param over whether fal has answered since
     * @param pause by the clock of the caller
     */
    record Known(long version, boolean over, Paused pause) {}

    /**
     * A reserved attempt.
     *
     * @param version new version of the pause
     * @param maxWait how long the others wait for its answer; zero when there are no others
     */
    record Claim(long version, Duration maxWait) {}

    /**
     * Writes what this process found, and returns the state that all share then; empty when no worker was refused yet.
     *
     * @param now by the clock of the caller
     */
    Optional<Known> exchange(Found found, Instant now);

    /**
     * Reserves the attempt with a refused key for the caller. The others wait for its answer, but no longer than a
     * request may take: the process of the caller may have died.
     *
     * @param version of the pause that the caller knows
     * @return empty when another process was faster, or the pause has changed
     */
    Optional<Claim> claim(long version);
}
