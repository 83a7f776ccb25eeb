package avatarmonitor.testing;

import avatarmonitor.fal.limit.FalPauseListener;
import avatarmonitor.fal.limit.FalPauseListener.Refusal;
import java.time.Instant;

/** No-op listener for tests that do not concern pauses. */
public final class NoPauses implements FalPauseListener {
    public static final FalPauseListener LISTENER = new NoPauses();

    private NoPauses() {}

    @Override
    public void paused(Refusal refusal, String reason, Instant until) {}

    @Override
    public void resumed() {}
}
