package avatarmonitor.emulator.scenario;

import java.util.Map;

/** HTTP codes of fal's platform error types (docs/fal-contract.md section 2). */
final class FalErrorType {
    static final String CANCELLED = "client_cancelled";
    private static final int OTHER = 500;

    private static final Map<String, Integer> CODES = Map.ofEntries(
            Map.entry("request_timeout", 504),
            Map.entry("startup_timeout", 504),
            Map.entry("runner_scheduling_failure", 503),
            Map.entry("runner_connection_timeout", 503),
            Map.entry("runner_disconnected", 503),
            Map.entry("runner_connection_refused", 503),
            Map.entry("runner_connection_error", 503),
            Map.entry("runner_incomplete_response", 502),
            Map.entry("runner_server_error", 500),
            Map.entry("internal_error", 500),
            Map.entry("client_disconnected", 499),
            Map.entry(CANCELLED, 499),
            Map.entry("bad_request", 400));

    private FalErrorType() {}

    /** Returns the status code of a result with this type; 500 for a type that fal does not document. */
    static int code(String type) {
        return CODES.getOrDefault(type, OTHER);
    }
}
