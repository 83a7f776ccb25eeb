package avatarmonitor.fal.answer;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.utils.DateUtils;

/** Wait after a 429 (docs/fal-contract.md section 2: seconds or HTTP date, clamped). */
public final class RetryAfter {
    static final Duration MIN = Duration.ofSeconds(1);
    public static final Duration MAX = Duration.ofMinutes(15);
    /** fal does not guarantee the header; this is half of one check interval. */
    static final Duration DEFAULT = Duration.ofSeconds(30);

    private static final Pattern SECONDS = Pattern.compile("(-?)(\\d{1,100})");
    private static final int EXACT_DIGITS = 9;

    private RetryAfter() {}

    /** Returns 1 s to 15 min, whatever the header says; {@link #DEFAULT} when it is missing or invalid. */
    public static Duration of(HttpReply.Received reply) {
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
        // Prefer the server's own Date header: the local clock may be wrong by more than the wait.
        Instant sent = DateUtils.parseStandardDate(reply.header("Date"));
        return clamp(Duration.between(sent == null ? reply.at() : sent, until));
    }

    private static Duration clamp(Duration wait) {
        return wait.compareTo(MIN) < 0 ? MIN : wait.compareTo(MAX) > 0 ? MAX : wait;
    }
}
