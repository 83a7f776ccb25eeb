package avatarmonitor.fal;

import java.util.Set;

/** fal's own error types, as far as they mean something to a client (fal contract section 2). */
final class ErrorTypes {
    static final String CLIENT_CANCELLED = "client_cancelled";

    /** Troubles of runners and time-outs: fal calls them transient, so the same input submitted again may succeed. */
    private static final Set<String> RETRYABLE = Set.of(
            "request_timeout",
            "startup_timeout",
            "runner_scheduling_failure",
            "runner_connection_timeout",
            "runner_disconnected",
            "runner_connection_refused",
            "runner_connection_error",
            "runner_incomplete_response",
            "runner_server_error");

    private ErrorTypes() {}

    /** Whether a new submit may help when no header of the response says it. Unknown types: no. */
    static boolean retryable(String type) {
        return RETRYABLE.contains(type);
    }
}
