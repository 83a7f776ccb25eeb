package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.check.decision.ModelRules;
import avatarmonitor.check.decision.Rules;
import avatarmonitor.fal.FalQueue;
import avatarmonitor.store.Database;
import avatarmonitor.testing.TestEvents;
import avatarmonitor.testing.TestRules;
import avatarmonitor.testing.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Creates checks that give up after three failures and accept "not found" after ten minutes. */
public final class Checks {
    private Checks() {}

    static StatusCheck asking(FalQueue queue, Database database, InstantSource clock) {
        return asking(queue, database, clock, Types.at("fal-ai/portrait", "fal-ai/style"));
    }

    public static StatusCheck asking(FalQueue queue, Database database, InstantSource clock, TrainingTypes types) {
        return asking(queue, database, clock, rules(types));
    }

    static StatusCheck asking(FalQueue queue, Database database, InstantSource clock, Rules rules) {
        return new StatusCheck(
                database,
                AvatarStore.read(database, rules.types()),
                TestEvents.writer(database, clock, "worker-1"),
                queue,
                rules,
                Duration.ofHours(1),
                clock);
    }

    static Rules rules(TrainingTypes types) {
        return TestRules.of(types, 3, Duration.ofMinutes(10), new ModelRules(Types.lengths(500, 255), false));
    }

    /** Starts monitoring for a window of an hour. */
    static void begin(Database database, AvatarId id, String request, Instant now) {
        database.inTransaction(
                connection -> MonitoringStore.begin(connection, id, request, now, now.plusSeconds(3_600)));
    }
}
