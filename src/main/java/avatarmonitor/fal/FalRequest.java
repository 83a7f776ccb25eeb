package avatarmonitor.fal;

/**
 * One request in fal's queue.
 *
 * @param endpoint application id as {@code owner/app}, or three parts for {@code workflows/} and {@code comfy/}; never with a sub
 *     path (fal contract section 1, "Path rule")
 */
public record FalRequest(String endpoint, FalRequestId id) {}
