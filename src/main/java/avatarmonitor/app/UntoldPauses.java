package avatarmonitor.app;

import avatarmonitor.fal.EndpointListener;
import avatarmonitor.fal.limit.FalPauseListener;
import java.time.Instant;

/**
 * Listener of a command; ignores pauses and unknown endpoints, since the log and the output of the command report them.
 */
enum UntoldPauses implements FalPauseListener, EndpointListener {
    OF_COMMAND;

    @Override
    public void paused(Refusal refusal, String reason, Instant until) {}

    @Override
    public void resumed() {}

    @Override
    public void endpointUnknown(String endpoint, String reason) {}

    @Override
    public void endpointsKnown() {}
}
