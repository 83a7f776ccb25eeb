package avatarmonitor.emulator;

import avatarmonitor.emulator.http.Op;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request to the queue. Holds no header and no query, hence no key.
 *
 * @param number counts from 1 in order of arrival
 * @param at arrival, in the emulator's time
 * @param requestId null when the path names none; for a submit the id that was assigned
 * @param code status code of the answer; 0 while the answer is pending or when none was sent
 */
public record Call(
        long number,
        Instant at,
        String method,
        String path,
        Op op,
        @Nullable String requestId,
        int code) {}
