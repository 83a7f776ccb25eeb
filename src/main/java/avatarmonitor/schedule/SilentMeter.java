package avatarmonitor.schedule;

import avatarmonitor.check.decision.CheckOutcome;
import java.time.Duration;

/** No-op meter. */
final class SilentMeter implements CheckMeter {
    @Override
    public void fired(Duration late) {}

    @Override
    public void passed() {}

    @Override
    public void checked(CheckOutcome outcome, Duration took) {}

    @Override
    public void broken(Duration took) {}
}
