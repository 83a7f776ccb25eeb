package avatarmonitor.event;

import avatarmonitor.avatar.AvatarId;
import com.google.gson.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of the event log.
 *
 * @param at when it happened
 * @param avatar null for events of a worker
 * @param falRequestId text as the application wrote it; null for events of a worker
 * @param worker instance that saw it
 * @param detail facts, small; never a secret
 */
public record Event(
        Instant at,
        @Nullable AvatarId avatar,
        @Nullable String falRequestId,
        String worker,
        EventType type,
        JsonObject detail) {}
