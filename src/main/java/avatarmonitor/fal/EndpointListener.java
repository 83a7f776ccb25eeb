package avatarmonitor.fal;

/**
 * Told when fal turns out not to have a configured application, and when it has all of them again. Called on a thread that asks fal, never
 * under a lock; must return soon and never throw.
 */
public interface EndpointListener {

    /**
     * fal does not have this application. Once for each, until {@link #endpointsKnown}.
     *
     * @param endpoint the application, {@code owner/app}
     * @param reason fal's own words
     */
    void endpointUnknown(String endpoint, String reason);

    /** fal has every application that was unknown, or nobody asked about one for an hour. */
    void endpointsKnown();

    /**
     * fal's platform API refuses the key, or is not there: results that the queue has lost are not looked for in it. Once until it answers.
     *
     * @param reason code and fal's own words
     */
    default void historyRefused(String reason) {}
}
