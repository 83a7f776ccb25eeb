package avatarmonitor.testing;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.web.Actions;
import java.util.Optional;

/** For tests in which nobody acts. */
public final class NoActions implements Actions {
    @Override
    public Done monitor(AvatarId id) {
        throw new AssertionError("nobody asked for that");
    }

    @Override
    public Done unmonitor(AvatarId id) {
        throw new AssertionError("nobody asked for that");
    }

    @Override
    public Optional<Done> check(AvatarId id) {
        throw new AssertionError("nobody asked for that");
    }
}
