package avatarmonitor.testing;

import avatarmonitor.fal.EndpointListener;

/** For tests in which every endpoint is known, or nobody wants to hear of it. */
public final class NoEndpoints implements EndpointListener {
    public static final EndpointListener LISTENER = new NoEndpoints();

    private NoEndpoints() {}

    @Override
    public void endpointUnknown(String endpoint, String reason) {}

    @Override
    public void endpointsKnown() {}
}
