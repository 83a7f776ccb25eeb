package avatarmonitor.web;

import avatarmonitor.event.Actor;
import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;

/**
 * One call, read whole.
 *
 * @param path the variable parts of its path, by name
 * @param body empty unless the route takes one
 * @param caller who calls
 */
record Call(Map<String, String> path, Query query, HttpFields headers, ByteBuffer body, Actor caller) {

    String variable(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalStateException("the route has no " + name);
        }
        return value;
    }
}
