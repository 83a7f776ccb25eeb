package avatarmonitor.alert;

import com.google.gson.JsonObject;
import java.util.UUID;

/**
 * One message to one receiver.
 *
 * @param id same in every attempt and unique per message, so that a receiver can detect duplicates
 * @param body JSON to send
 */
public record Message(UUID id, JsonObject body) {

    /** Title on one line. */
    public String title() {
        return member("title");
    }

    /** Full text for people, several lines. */
    public String text() {
        return member("text");
    }

    String member(String name) {
        return body.has(name) ? body.get(name).getAsString() : "";
    }
}
