package avatarmonitor.cluster;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.scenario.Course;
import avatarmonitor.emulator.scenario.Fault;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Site;
import avatarmonitor.store.Database;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The trainings of one test: of both types, with ends of every kind in turn. */
final class Trainings {
    private static final List<End> ENDS =
            List.of(End.MODEL, End.MODEL, End.REFUSED, End.MODEL, End.CANCELLED, End.BROKEN);

    private final FalEmulator fal;
    private final Database database;
    private final List<Training> all = new ArrayList<>();
    private int released;

    Trainings(FalEmulator fal, Database database) {
        this.fal = fal;
        this.database = database;
    }

    List<Training> all() {
        return List.copyOf(all);
    }

    /** Returns trainings without a planned end. */
    List<Training> open() {
        return List.copyOf(all.subList(released, all.size()));
    }

    /** Inserts this many trainings, which run until {@link #end} is called. */
    List<Training> handOver(int count) {
        List<Training> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean style = i % 3 == 0;
            Training training = new Training(
                    new AvatarId(UUID.randomUUID()),
                    UUID.randomUUID().toString(),
                    style,
                    ENDS.get((all.size() + i) % ENDS.size()));
            fal.register(
                    style ? Site.STYLE : Site.PORTRAIT, training.request(), Scenario.stalled(Course.Stall.IN_PROGRESS));
            made.add(training);
        }
        insert(made);
        all.addAll(made);
        return made;
    }

    /** Inserts rows like an application. */
    private void insert(List<Training> trainings) {
        database.inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)
                    VALUES (?, 'Ada', ?, 'TRAINING', ?, ?)""")) {
                for (Training training : trainings) {
                    insert.setObject(1, training.avatar().value());
                    insert.setString(2, training.style() ? "STYLE" : "PORTRAIT");
                    insert.setString(3, training.request());
                    insert.setObject(4, fal.now().atOffset(ZoneOffset.UTC));
                    insert.addBatch();
                }
                return insert.executeBatch();
            }
        });
    }

    /** Ends the next trainings at once, each in its own way. */
    void end(int count) {
        end(count, Duration.ZERO);
    }

    /** Ends the next trainings, the last of them after this time. */
    void end(int count, Duration spread) {
        int last = Math.min(all.size(), released + count);
        for (int done = 0; released < last; done++, released++) {
            end(all.get(released), spread.multipliedBy(done).dividedBy(Math.max(1, count - 1)));
        }
    }

    void endAll(Duration spread) {
        end(all.size() - released, spread);
    }

    /** Ends a training after this time in its planned way. */
    void end(Training training, Duration after) {
        end(training, after, List.of());
    }

    /** Adds faults of its own requests. */
    void end(Training training, Duration after, List<Fault> faults) {
        fal.change(
                training.request(),
                Scenario.standard()
                        .withQueue(Duration.ZERO, 0)
                        .withRun(after)
                        .withOutcome(training.end().outcome(training.request(), training.style()))
                        .withFaults(faults));
    }
}
