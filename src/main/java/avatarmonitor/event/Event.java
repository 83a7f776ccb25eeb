package avatarmonitor.event;

import avatarmonitor.avatar.AvatarId;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the event log.
 *
 * @param at when it happened
 * @param avatar null for events of a worker
 * @param falRequestId text as the application wrote it; null for events of a worker
 * @param worker instance that wrote it
 * @param detail small JSON facts; never a secret
 */
public record Event(
        Instant at,
        @Nullable AvatarId avatar,
        @Nullable String falRequestId,
        String worker,
        EventType type,
        JsonObject detail) {

    /**
     * Returns which end of a training an event reports to the application: {@code completed}, {@code failed} or {@code
     * cancelled}; null when it reports none. A stalled training that was set to ERROR has failed.
     */
    public static @Nullable String ending(String type, JsonObject detail) {
        if (type.equals(EventType.STALLED.column()) && new JsonPrimitive(true).equals(detail.get("set_to_error"))) {
            return EventType.FAILED.column();
        }
        return Arrays.stream(EventType.values())
                        .anyMatch(
                                known -> known.endsTraining() && known.column().equals(type))
                ? type
                : null;
    }
}
