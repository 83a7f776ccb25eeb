package avatarmonitor.fal.answer;

import java.util.Map;
import java.util.Set;

/** fal's error types that matter to a client (docs/fal-contract.md section 2). */
final class ErrorTypes {
    static final String CLIENT_CANCELLED = "client_cancelled";

    /** Runner failures and timeouts: fal calls them transient, so the same input submitted again may succeed. */
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

    /** Status codes that fal documents for these types, used when only the status reports the error. */
    private static final Map<String, Integer> CODES = Map.ofEntries(
            Map.entry("request_timeout", 504),
            Map.entry("startup_timeout", 504),
            Map.entry("generation_timeout", 504),
            Map.entry("runner_scheduling_failure", 503),
            Map.entry("runner_connection_timeout", 503),
            Map.entry("runner_disconnected", 503),
            Map.entry("runner_connection_refused", 503),
            Map.entry("runner_connection_error", 503),
            Map.entry("runner_incomplete_response", 502),
            Map.entry("runner_server_error", 500),
            Map.entry("internal_error", 500),
            Map.entry("internal_server_error", 500),
            Map.entry("downstream_service_unavailable", 500),
            Map.entry("client_disconnected", 499),
            Map.entry("bad_request", 400));

    private ErrorTypes() {}

    /** Returns whether submitting again may help, for responses without a header about it. False for unknown types. */
    static boolean retryable(String type) {
        return RETRYABLE.contains(type);
    }

    /** Returns the HTTP status that fal documents for a type; 0 for types without one. */
    static int code(String type) {
        return CODES.getOrDefault(type, 0);
    }
}
