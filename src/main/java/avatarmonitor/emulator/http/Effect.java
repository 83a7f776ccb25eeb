package avatarmonitor.emulator.http;

import java.time.Duration;

/** Effect of a fault on one call. */
public sealed interface Effect {

    /** Returns this answer; the call is not executed. */
    record Answer(Reply reply) implements Effect {}

    /** Answers 429; the call is not executed. */
    record RateLimited(Duration retryAfter, RetryAfter form) implements Effect {}

    /** Delays the usual answer by a time between these two; may be combined with one other effect. */
    record Delay(Duration least, Duration most) implements Effect {
        public Delay {
            if (least.isNegative() || most.compareTo(least) < 0) {
                throw new IllegalArgumentException("not a delay: " + least + " to " + most);
            }
        }
    }

    /** Executes the call and answers as usual, except that {@code status} is this word. */
    record StatusWord(String word) implements Effect {}

    /** Executes the call and answers as usual, compressed although the client did not ask for it. */
    record Gzip() implements Effect {}

    /**
     * Executes the call and answers as usual, with an additional member whose value is {@code NaN}, as Python writes
     * it.
     */
    record NotANumber() implements Effect {}

    /** Executes the call and answers as usual, with this many bytes of log lines where the caller asked for logs. */
    record HugeLogs(int bytes) implements Effect {}

    /** Executes the call and never answers. */
    record Hang() implements Effect {}

    /** Executes the call and closes the connection without an answer. */
    record Drop() implements Effect {}

    /** Executes the call, announces the full length of the answer, sends half of it and closes the connection. */
    record Cut() implements Effect {}

    /** Executes the call and sends the answer byte by byte with this gap. */
    record Drip(Duration gap) implements Effect {}

    /** Answers 200 with a JSON string of this many bytes; the call is not executed. */
    record Huge(int bytes) implements Effect {}

    /** The forms of the Retry-After header (RFC 9110 section 10.2.3). */
    enum RetryAfter {
        SECONDS,
        DATE,
        /** Sent as the header {@code x-ratelimit-reset} in seconds, which parts of fal's platform API use instead. */
        RESET,
        /** No header, since fal documents none for its queue. */
        NONE
    }
}
