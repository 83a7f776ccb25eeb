package avatarmonitor.event;

import com.google.gson.JsonObject;

/**
 * Originator of an operator's action, as far as known.
 *
 * @param name of the token, or of the user of the operating system; {@link #ANONYMOUS} where neither is required
 * @param channel {@code page}, {@code api}, {@code cli} or {@code sql}
 * @param address of the caller, or the host of the command; behind a proxy on the worker's machine the proxy's,
 *     then the one that it reported
 */
public record Actor(String name, String channel, String address) {
    /** Name of a caller that needed no token. */
    public static final String ANONYMOUS = "anonymous";

    /** Adds the fields to an event's detail. */
    public void addTo(JsonObject detail) {
        detail.addProperty("actor", name);
        detail.addProperty("channel", channel);
        detail.addProperty("address", address);
    }
}
