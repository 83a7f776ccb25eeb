package avatarmonitor.web;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that can be asked for.
 *
 * @param template path with its variable parts in braces
 * @param bodyMax most bytes of a body; 0 where none is taken
 */
record Route(Method method, String template, Access access, Lane lane, int bodyMax, Endpoint endpoint) {
    enum Method {
        GET,
        POST
    }

    /** Who may call. */
    enum Access {
        /** Anybody who reaches the port: it tells nothing about trainings. */
        OPEN,
        /** Anybody on this machine, others with the token. */
        READ,
        /** Whoever has the token. */
        CHANGE
    }

    /** Where the work is done. */
    enum Lane {
        /** At once, by a thread of the server: it waits for nothing. */
        DIRECT,
        /** By the few threads that ask the database. */
        READING,
        /** By the few threads that may have to wait for fal. */
        ACTING,
        /** By the thread for fal's webhooks. */
        WEBHOOK,
        /** By the thread for supervisors, whatever else is wanted. */
        HEALTH,
        /** Never done: the answer goes on until somebody leaves. */
        STREAM
    }

    /** What answers. */
    interface Endpoint {
        /**
         * Answers one call.
         *
         * @throws RefusedException when the call is wrong
         * @throws avatarmonitor.store.StoreException when the database failed
         */
        Answer answer(Call call);
    }

    static Route get(String template, Access access, Lane lane, Endpoint endpoint) {
        return new Route(Method.GET, template, access, lane, 0, endpoint);
    }

    /** The variable parts of a path of this route; empty when the path is another's. */
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
