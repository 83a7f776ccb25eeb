package avatarmonitor.testing;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.check.decision.Overrides;
import avatarmonitor.event.Actor;
import avatarmonitor.inspect.AvatarSelection;
import avatarmonitor.web.Actions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Actions for tests without any. */
public final class NoActions implements Actions {
    @Override
    public Done monitor(AvatarId id, Overrides.Change change, Actor caller) {
        throw new AssertionError("unexpected action");
    }

    @Override
    public Done unmonitor(AvatarId id, Actor caller) {
        throw new AssertionError("unexpected action");
    }

    @Override
    public Optional<Done> check(AvatarId id, Actor caller) {
        throw new AssertionError("unexpected action");
    }

    @Override
    public Done pause(Pause wanted, Actor caller) {
        throw new AssertionError("unexpected action");
    }

    @Override
    public Done resume(@Nullable String type, Actor caller) {
        throw new AssertionError("unexpected action");
    }

    @Override
    public Optional<String> problem(AvatarSelection where) {
        throw new AssertionError("unexpected action");
    }

    @Override
    public Optional<BulkDone> bulk(Bulk wanted, Actor caller) {
        throw new AssertionError("unexpected action");
    }

    @Override
    public Done reconcile(Actor caller) {
        throw new AssertionError("unexpected action");
    }

    @Override
    public Optional<Done> cancel(AvatarId id, Actor caller) {
        throw new AssertionError("unexpected action");
    }
}
