package avatarmonitor.web;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One endpoint of the API.
 *
 * @param template path with its variable parts in braces
 * @param bodyMax maximum of body bytes; 0 when no body is accepted
 */
record Route(Method method, String template, Access access, Lane lane, int bodyMax, Endpoint endpoint) {
    enum Method {
        GET,
        POST
    }

    enum Access {
        /** Everyone who can reach the port; responses contain nothing about trainings. */
        OPEN,
        /** Callers on this machine, others with a token. */
        READ,
        /** Callers with a token that allows changes. */
        CHANGE
    }

    /** Thread that does the work. */
    enum Lane {
        /** A thread of the server, at once: the work never blocks. */
        DIRECT,
        /** The pool for database queries. */
        READING,
        /** The pool for work that may wait for fal. */
        ACTING,
        /** The thread for fal's webhooks. */
        WEBHOOK,
        /** The thread for health checks, independent of other load. */
        HEALTH,
        /** No thread: a stream that lasts until the client disconnects. */
        STREAM
    }

    interface Endpoint {
        /**
         * Answers one request.
         *
         * @throws RefusedException when the request is invalid
         * @throws avatarmonitor.store.StoreException when the database failed
         */
        Answer answer(Call call);
    }

    static Route get(String template, Access access, Lane lane, Endpoint endpoint) {
        return new Route(Method.GET, template, access, lane, 0, endpoint);
    }

    /** Matches a path; returns its variable parts, or empty when it does not match. */
    Optional<Map<String, String>> match(String path) {
        String[] wanted = template.split("/", -1);
        String[] given = path.split("/", -1);
        if (wanted.length != given.length) {
            return Optional.empty();
        }
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].startsWith("{")) {
                variables.put(wanted[i].substring(1, wanted[i].length() - 1), given[i]);
            } else if (!wanted[i].equals(given[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(variables);
    }
}
