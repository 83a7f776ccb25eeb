package avatarmonitor.app;

import avatarmonitor.fal.EndpointListener;
import avatarmonitor.fal.FalPauseListener;
import java.time.Instant;

/** For a command: the log says why fal was not asked, and so does what the command prints. */
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
