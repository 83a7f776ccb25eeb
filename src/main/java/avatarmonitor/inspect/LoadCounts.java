package avatarmonitor.inspect;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Check delay and requests to fal of a span of time, as in {@code avatar_monitor_load}.
 *
 * @param fires fires of checks
 * @param delaySumMillis sum of the delays between due time and start
 * @param delayMaxMillis the longest delay
 * @param lateFires fires more than 10 s after their due time
 * @param requests requests to fal that ended, with or without an answer
 * @param answered requests that fal answered
 */
public record LoadCounts(
        long fires, long delaySumMillis, long delayMaxMillis, long lateFires, long requests, long answered) {
    public static final LoadCounts NONE = new LoadCounts(0, 0, 0, 0, 0, 0);

    /** Names of the members, in the order of the columns of CSV. */
    static final String COLUMNS = "fires,check_delay_average_ms,check_delay_max_ms,late_fires,requests,answered";

    public LoadCounts plus(LoadCounts more) {
        return new LoadCounts(
                fires + more.fires,
                delaySumMillis + more.delaySumMillis,
                Math.max(delayMaxMillis, more.delayMaxMillis),
                lateFires + more.lateFires,
                requests + more.requests,
                answered + more.answered);
    }

    /** Average delay; null when nothing fired. */
    public @Nullable Long averageMillis() {
        return fires == 0 ? null : (Long) Math.round((double) delaySumMillis / fires);
    }

    /** The longest delay; null when nothing fired. */
    public @Nullable Long maxMillis() {
        return fires == 0 ? null : (Long) delayMaxMillis;
    }

    Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("fires", fires);
        members.put("check_delay_average_ms", averageMillis());
        members.put("check_delay_max_ms", maxMillis());
        members.put("late_fires", lateFires);
        members.put("requests", requests);
        members.put("answered", answered);
        return members;
    }
}
