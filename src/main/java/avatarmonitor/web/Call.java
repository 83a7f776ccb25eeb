package avatarmonitor.web;

import avatarmonitor.event.Actor;
import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;

/**
 * One request with its complete body.
 *
 * @param path variable parts of its path, by name
 * @param body empty unless the route accepts one
 * @param caller originator of the request
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
