package avatarmonitor.fal;

/**
 * Listener for endpoints that fal does not have. Called on a thread that sends requests to fal, never under a lock;
 * must return soon and never throw.
 */
public interface EndpointListener {

    /**
     * fal does not have this application. Called once for each, until {@link #endpointsKnown}.
     *
     * @param endpoint the application, {@code owner/app}
     * @param reason fal's message
     */
    default void endpointUnknown(String endpoint, String reason) {}

    /** fal has all applications that were unknown, or no request concerned them for an hour. */
    default void endpointsKnown() {}

    /**
     * fal's platform API refuses the key, or is unavailable, so it is not searched for results that the queue has lost.
     * Called once until it answers.
     *
     * @param reason code and fal's message
     */
    default void historyRefused(String reason) {}
}
