package avatarmonitor.check;

import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.avatar.TrainingType;
import avatarmonitor.event.EventLog;
import avatarmonitor.fal.FalQueue;
import avatarmonitor.store.AvatarSchema;
import avatarmonitor.store.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/** Makes checks that give up after three failures and believe "not found" after ten minutes. */
final class Checks {
    private Checks() {}

    static StatusCheck asking(FalQueue queue, Database database, InstantSource clock) {
        Rules rules = new Rules(
                Map.of(TrainingType.PORTRAIT, "fal-ai/portrait", TrainingType.STYLE, "fal-ai/style"),
                3,
                Duration.ofMinutes(10),
                new ModelRules(500, 255, false));
        return new StatusCheck(
                database,
                new AvatarStore(database.dialect(), AvatarSchema.read(database)),
                new WatchStore(),
                new EventLog(database.dialect()),
                queue,
                rules,
                Duration.ofHours(1),
                clock,
                "worker-1");
    }
}
