package avatarmonitor.alert;

import com.google.gson.JsonObject;
import java.util.UUID;

/**
 * One message on its way to one receiver.
 *
 * @param id the same in every attempt, so that a receiver can tell a repetition; another one in every other message
 * @param body what is sent
 */
public record Message(UUID id, JsonObject body) {

    /** One line that says what it is about. */
    public String title() {
        return member("title");
    }

    /** All of it for people, several lines. */
    public String text() {
        return member("text");
    }

    String member(String name) {
        return body.has(name) ? body.get(name).getAsString() : "";
    }
}
