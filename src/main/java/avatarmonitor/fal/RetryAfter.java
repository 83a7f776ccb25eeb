package avatarmonitor.fal;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.utils.DateUtils;

/** How long to stay away after a 429 (docs/fal-contract.md section 2: seconds or HTTP date, clamped). */
final class RetryAfter {
    static final Duration MIN = Duration.ofSeconds(1);
    static final Duration MAX = Duration.ofMinutes(15);
    /** fal does not promise the header, and this is half of one check interval. */
    static final Duration DEFAULT = Duration.ofSeconds(30);

    private static final Pattern SECONDS = Pattern.compile("(-?)(\\d{1,100})");
    private static final int EXACT_DIGITS = 9;

    private RetryAfter() {}

    /** From 1 s to 15 min, whatever the header says; {@link #DEFAULT} when it is missing or says nothing readable. */
    static Duration of(HttpReply.Received reply) {
        String value = reply.header("Retry-After").strip();
        var seconds = SECONDS.matcher(value);
        if (seconds.matches()) {
            if (!seconds.group(1).isEmpty()) {
                return MIN;
            }
            String digits = seconds.group(2);
            return digits.length() > EXACT_DIGITS ? MAX : clamp(Duration.ofSeconds(Long.parseLong(digits)));
        }
        Instant until = DateUtils.parseStandardDate(value);
        if (until == null) {
            return DEFAULT;
        }
        // The server's own clock, when it tells it: ours may be wrong by more than the wait.
        Instant sent = DateUtils.parseStandardDate(reply.header("Date"));
        return clamp(Duration.between(sent == null ? reply.at() : sent, until));
    }

    private static Duration clamp(Duration wait) {
        return wait.compareTo(MIN) < 0 ? MIN : wait.compareTo(MAX) > 0 ? MAX : wait;
    }
}
