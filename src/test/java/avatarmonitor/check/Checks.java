package avatarmonitor.check;

import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.check.decision.ModelRules;
import avatarmonitor.check.decision.Rules;
import avatarmonitor.fal.FalQueue;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestEvents;
import avatarmonitor.testing.TestRules;
import avatarmonitor.testing.Types;
import java.time.Duration;
import java.time.InstantSource;

/** Creates checks that give up after three failures and accept "not found" after ten minutes. */
final class Checks {
    private Checks() {}

    static StatusCheck asking(FalQueue queue, Database database, InstantSource clock) {
        Rules rules = TestRules.of(
                Types.at("fal-ai/portrait", "fal-ai/style"),
                3,
                Duration.ofMinutes(10),
                new ModelRules(Types.lengths(500, 255), false));
        return new StatusCheck(
                database,
                AvatarStore.read(database, Types.SHIPPED),
                TestEvents.writer(database, clock, "worker-1"),
                queue,
                rules,
                Duration.ofHours(1),
                clock);
    }
}
