package avatarmonitor.emulator;

import java.time.Duration;

/** What a fault does to one call. */
public sealed interface Effect {

    /** Answers this instead; the call is not carried out. */
    record Answer(Reply reply) implements Effect {}

    /** Answers 429; the call is not carried out. */
    record RateLimited(Duration retryAfter, RetryAfter form) implements Effect {}

    /** Answers as always, but only after a time between these two; may be active together with one other effect. */
    record Delay(Duration least, Duration most) implements Effect {
        public Delay {
            if (least.isNegative() || most.compareTo(least) < 0) {
                throw new IllegalArgumentException("not a delay: " + least + " to " + most);
            }
        }
    }

    /** Carries the call out and answers as always, except that {@code status} is this word. */
    record StatusWord(String word) implements Effect {}

    /** Carries the call out and answers as always, compressed without being asked to. */
    record Gzip() implements Effect {}

    /** Carries the call out and answers as always, with one more member whose value is {@code NaN}, as Python writes it. */
    record NotANumber() implements Effect {}

    /** Carries the call out and answers as always, with this many bytes of log lines where the caller asked for logs. */
    record HugeLogs(int bytes) implements Effect {}

    /** Carries the call out and never answers. */
    record Hang() implements Effect {}

    /** Carries the call out and closes the connection without an answer. */
    record Drop() implements Effect {}

    /** Carries the call out, announces the whole answer, sends half of it and closes the connection. */
    record Cut() implements Effect {}

    /** Carries the call out and sends the answer byte by byte with this gap. */
    record Drip(Duration gap) implements Effect {}

    /** Answers 200 with a JSON string of so many bytes; the call is not carried out. */
    record Huge(int bytes) implements Effect {}

    /** The forms of the Retry-After header (RFC 9110 section 10.2.3). */
    enum RetryAfter {
        SECONDS,
        DATE,
        /** As the header {@code x-ratelimit-reset} in seconds, which parts of fal's platform API send instead. */
        RESET,
        /** Without the header, as fal documents none for its queue. */
        NONE
    }
}
