package avatarmonitor.testing;

import avatarmonitor.fal.EndpointListener;

/** No-op listener for tests that do not concern unknown endpoints. */
public final class NoEndpoints implements EndpointListener {
    public static final EndpointListener LISTENER = new NoEndpoints();

    private NoEndpoints() {}

    @Override
    public void endpointUnknown(String endpoint, String reason) {}

    @Override
    public void endpointsKnown() {}
}
