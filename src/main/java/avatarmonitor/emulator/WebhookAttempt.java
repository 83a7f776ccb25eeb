package avatarmonitor.emulator;

import avatarmonitor.emulator.scenario.Notifying;
import com.google.gson.annotations.SerializedName;
import java.time.Instant;

/**
 * One attempt to deliver a webhook.
 *
 * @param at in the emulator's time
 * @param number 1 for the first attempt of a copy
 * @param code status code of the receiver; 0 when there was no answer
 */
public record WebhookAttempt(
        Instant at,
        String requestId,
        @SerializedName("attempt") int number,
        Notifying.Signature signature,
        int code) {}
