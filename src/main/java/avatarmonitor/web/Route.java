package avatarmonitor.web;

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
}
