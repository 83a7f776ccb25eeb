package avatarmonitor.cluster;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.emulator.FalEmulator;
import avatarmonitor.emulator.scenario.Outcome;
import avatarmonitor.emulator.scenario.Scenario;
import avatarmonitor.process.Site;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.testing.Avatars;
import avatarmonitor.testing.Sql;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The application of a long run: inserts trainings at a steady rate, each of which ends at fal after a random time, and
 * cancels a few of them. The expected end of each is stored by the same transaction in {@code soak_expected}.
 */
final class SoakLoad {
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int BATCH = 1_000;

    /** Shortest and longest life in mean lives; the longest is below the maximum age of the run. */
    private static final double SHORTEST = 0.4;

    private static final double LONGEST = 1.6;

    /** One of this many avatars is cancelled by the application, close to its end at fal. */
    private static final int CANCELLED = 100;

    private static final List<End> ENDS =
            List.of(End.MODEL, End.MODEL, End.REFUSED, End.MODEL, End.CANCELLED, End.BROKEN);

    private final FalEmulator fal;
    private final Database database;
    private final Random random;
    private final Duration meanLife;
    private final PriorityQueue<Cancel> cancels = new PriorityQueue<>(Comparator.comparing(Cancel::at));
    private volatile boolean over;
    private int inserted;

    private record Cancel(UUID avatar, Instant at) {}

    private record Planned(UUID avatar, String request, boolean style, End end, Duration life) {
        Map<String, @Nullable String> columns() {
            return end.columns(request, style);
        }
    }

    SoakLoad(FalEmulator fal, Database database, long seed, Duration meanLife) {
        this.fal = fal;
        this.database = database;
        this.random = new Random(seed);
        this.meanLife = meanLife;
        Sql.run(database, """
                CREATE TABLE soak_expected
                (
                  avatar_id uuid PRIMARY KEY,
                  at timestamptz NOT NULL DEFAULT clock_timestamp(),
                  request text NOT NULL,
                  style boolean NOT NULL,
                  ending text,
                  status text NOT NULL,
                  event text,
                  finetune_id text,
                  diffusers_lora_file_url text,
                  config_file_url text,
                  error text
                )""");
    }

    /** Inserts the first trainings, which end at steady rate from now on. */
    void begin(int count) {
        for (int done = 0; done < count; done += BATCH) {
            insert(plan(Math.min(BATCH, count - done), 0.0));
        }
    }

    /** Inserts as many trainings as end, until {@link #stop}; carries on when the database is away. */
    Thread keepUp(int avatars) {
        double perSecond = avatars / (double) meanLife.toSeconds();
        Thread thread = new Thread(() -> keepUp(perSecond), "soak-load");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void keepUp(double perSecond) {
        double owed = 0;
        Instant last = fal.now();
        while (!over) {
            LockSupport.parkNanos(TICK.toNanos());
            Instant now = fal.now();
            owed += perSecond * Duration.between(last, now).toMillis() / 1_000.0;
            last = now;
            int count = Math.min(BATCH, (int) owed);
            try {
                insert(plan(count, SHORTEST));
                owed -= count;
                cancelDue(now);
            } catch (StoreException away) {
                // The next tick tries again; fal keeps requests that no avatar has.
            }
        }
    }

    void stop() {
        over = true;
    }

    int inserted() {
        return inserted;
    }

    /** Ends at fal what is still open, and returns the number. */
    int endAll() {
        List<Map<String, @Nullable String>> open = new Avatars(database).rows("""
                SELECT e.request, e.style, e.ending FROM soak_expected e JOIN avatars a ON a.id = e.avatar_id
                WHERE a.status = 'TRAINING'""");
        for (Map<String, @Nullable String> row : open) {
            String request = String.valueOf(row.get("request"));
            Outcome outcome = End.valueOf(String.valueOf(row.get("ending")))
                    .outcome(
                            request, "t".equals(String.valueOf(row.get("style")).substring(0, 1)));
            fal.change(
                    request,
                    Scenario.standard()
                            .withQueue(Duration.ZERO, 0)
                            .withRun(Duration.ZERO)
                            .withOutcome(outcome));
        }
        return open.size();
    }

    /** Plans trainings whose life is between {@code least} and {@link #LONGEST} mean lives. */
    private List<Planned> plan(int count, double least) {
        List<Planned> planned = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean style = random.nextInt(3) == 0;
            End end = ENDS.get(random.nextInt(ENDS.size()));
            long millis = (long) (meanLife.toMillis() * (least + random.nextDouble() * (LONGEST - least)));
            UUID avatar = new UUID(random.nextLong(), random.nextLong());
            String request = new UUID(random.nextLong(), random.nextLong()).toString();
            planned.add(new Planned(avatar, request, style, end, Duration.ofMillis(millis)));
        }
        return planned;
    }

    private void insert(List<Planned> planned) {
        for (Planned training : planned) {
            fal.register(
                    training.style ? Site.STYLE : Site.PORTRAIT,
                    training.request,
                    Scenario.standard()
                            .withQueue(Duration.ZERO, 0)
                            .withRun(training.life)
                            .withOutcome(training.end.outcome(training.request, training.style)));
        }
        database.inTransaction(connection -> {
            try (PreparedStatement avatars = connection.prepareStatement("""
                            INSERT INTO avatars (id, name, training_type, status, fal_request_id, training_started_at)
                            VALUES (?, 'Ada', ?, 'TRAINING', ?, ?)""");
                    PreparedStatement expected = connection.prepareStatement("""
                            INSERT INTO soak_expected (avatar_id, request, style, ending, status, event, finetune_id,
                                                       diffusers_lora_file_url, config_file_url, error)
                            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""");
                    PreparedStatement notify = connection.prepareStatement("SELECT pg_notify('avatar_training', ?)")) {
                for (Planned training : planned) {
                    avatars.setObject(1, training.avatar);
                    avatars.setString(2, training.style ? "STYLE" : "PORTRAIT");
                    avatars.setString(3, training.request);
                    avatars.setObject(4, fal.now().atOffset(ZoneOffset.UTC));
                    avatars.addBatch();
                    expect(expected, training);
                }
                avatars.executeBatch();
                expected.executeBatch();
                for (Planned training : planned) {
                    notify.setString(1, training.avatar.toString());
                    notify.execute();
                }
                return planned.size();
            }
        });
        inserted += planned.size();
        for (Planned training : planned) {
            if (random.nextInt(CANCELLED) == 0) {
                cancels.add(new Cancel(
                        training.avatar, fal.now().plus(training.life).plusMillis(random.nextInt(10_000) - 5_000)));
            }
        }
    }

    private static void expect(PreparedStatement insert, Planned training) throws SQLException {
        Map<String, @Nullable String> columns = training.columns();
        insert.setObject(1, training.avatar);
        insert.setString(2, training.request);
        insert.setBoolean(3, training.style);
        insert.setString(4, training.end.name());
        insert.setString(5, training.end.status());
        insert.setString(6, training.end.event());
        insert.setString(7, columns.get("finetune_id"));
        insert.setString(8, columns.get("diffusers_lora_file_url"));
        insert.setString(9, columns.get("config_file_url"));
        insert.setString(10, training.end.error(training.request));
        insert.addBatch();
    }

    /** A user cancels an avatar unless it has ended; nobody may write to it or tell about it afterwards. */
    private void cancelDue(Instant now) {
        while (!cancels.isEmpty() && cancels.peek().at.isBefore(now)) {
            String id = new AvatarId(cancels.peek().avatar).toString();
            Sql.run(database, """
                    WITH cancelled AS (
                      UPDATE avatars SET status = 'CANCELLED' WHERE id = '%s' AND status = 'TRAINING' RETURNING id)
                    UPDATE soak_expected e
                    SET status = 'CANCELLED', event = NULL, finetune_id = NULL, diffusers_lora_file_url = NULL,
                        config_file_url = NULL, error = NULL
                    FROM cancelled c WHERE c.id = e.avatar_id""".formatted(id));
            cancels.remove();
        }
    }
}
