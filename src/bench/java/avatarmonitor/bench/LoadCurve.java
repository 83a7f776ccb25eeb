package avatarmonitor.bench;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.schedule.Offsets;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Ten million avatars under a virtual clock: measures how evenly checks are spread over the seconds. In the first
 * scenario all of them are inserted at the same moment, which is the worst case; each hour the windows of all end and
 * the hourly reconcile schedules all again; then every worker is down for twenty minutes and all return at once. In the
 * second scenario half of them come at any time of the first hour instead. No training ends. Each avatar has the offset
 * within the minute that the product assigns; firing, misfires and rescheduling after a window repeat the product's
 * arithmetic.
 */
final class LoadCurve implements Measure {
    private static final int INTERVAL = 60_000;
    private static final int WINDOW = 60 * INTERVAL;
    private static final int MINUTES = 240;

    /** Maximum delay of a fire; beyond it a trigger waits for its next slot. */
    private static final int FIRES_AT_MOST_LATE = INTERVAL / 2;

    /** Outage of all workers. */
    private static final int DOWN_FROM = 170 * INTERVAL;

    private static final int DOWN_UNTIL = 190 * INTERVAL;

    /** Avatars scheduled by one worker per second; the target is 100,000 in 6 s. */
    private static final int TAKEN_UP_PER_SECOND = 16_667;

    private static final int WORKERS = 100;
    private static final long SEED = 5;

    private final int avatars;

    LoadCurve(Options options) {
        avatars = options.quick() ? 1_000_000 : 10_000_000;
    }

    @Override
    public String name() {
        return "simulated_load_" + avatars;
    }

    @Override
    public boolean quick() {
        return true;
    }

    private record Phase(String name, int fromMinute, int untilMinute) {}

    private static final List<Phase> PHASES = List.of(
            new Phase("first_hour", 2, 60),
            new Phase("hourly_reconcile", 60, 64),
            new Phase("second_hour", 64, 119),
            new Phase("restart_of_all", 191, 195),
            new Phase("after_restart", 195, 240));

    @Override
    public void run(Bench bench) throws Exception {
        scenario(bench, name() + "_all_at_once", 0);
        scenario(bench, name() + "_half_at_any_time", avatars / 2);
    }

    private void scenario(Bench bench, String name, int atAnyTime) throws IOException {
        int[] perSecond = simulate(atAnyTime);
        String contestant = Kind.AVATAR_MONITOR.label();
        double even = avatars / 60.0;
        for (Phase phase : PHASES) {
            int[] part = Arrays.copyOfRange(perSecond, phase.fromMinute() * 60, phase.untilMinute() * 60);
            double most = Arrays.stream(part).max().orElseThrow();
            double mean = Arrays.stream(part).average().orElseThrow();
            bench.results().add(name + "_" + phase.name() + "_max_to_mean", contestant, most / mean, "×");
            bench.results().add(name + "_" + phase.name() + "_max_to_even", contestant, most / even, "×");
            bench.progress(name, 1, phase.name(), "max to mean %.3f, max to even load %.3f", most / mean, most / even);
        }
        List<String> lines = new ArrayList<>(List.of("second,checks"));
        for (int second = 0; second < perSecond.length; second++) {
            lines.add(second + "," + perSecond[second]);
        }
        Files.write(bench.options().directory().resolve(name + ".csv"), lines);
        bench.note("%s: virtual clock; even load is one check a minute of each of %,d avatars.", name, avatars);
    }

    /** @param atAnyTime number of avatars that come at any time of the first hour */
    private int[] simulate(int atAnyTime) {
        int[] perSecond = new int[MINUTES * 60];
        Offsets offsets = new Offsets(Duration.ofMillis(INTERVAL), Duration.ofMillis(WINDOW));
        SplittableRandom random = new SplittableRandom(SEED);
        for (int avatar = 0; avatar < avatars; avatar++) {
            AvatarId id = new AvatarId(new UUID(random.nextLong(), random.nextLong()));
            // The scan of each minute finds a new one.
            long found = avatar < atAnyTime ? random.nextInt(60) * (long) INTERVAL : 0;
            live(avatar, found, offsets.millis(id), perSecond);
        }
        return perSecond;
    }

    /** Simulates one avatar from its start to the end of the simulation. */
    private static void live(int avatar, long found, int offset, int[] perSecond) {
        long end = (long) MINUTES * INTERVAL;
        long takenUp = found + queue(avatar);
        while (takenUp < end) {
            long start = takenUp + offset;
            long windowEnds = start + WINDOW;
            long lastLook = start;
            for (long next = start; next < windowEnds && next < end; ) {
                if (next >= DOWN_FROM && next < DOWN_UNTIL) {
                    next = afterTheRestart(start, next);
                } else {
                    perSecond[(int) (next / 1000)]++;
                    lastLook = next;
                    next += INTERVAL;
                }
            }
            takenUp = reconcileAfter(lastLook) + queue(avatar);
        }
    }

    /** Returns the next hourly run; one that no worker could make is made by the first worker that starts. */
    private static long reconcileAfter(long lastLook) {
        long hour = (lastLook / WINDOW + 1) * WINDOW;
        return hour >= DOWN_FROM && hour < DOWN_UNTIL ? DOWN_UNTIL : hour;
    }

    /** A trigger with a small delay fires at once; all others wait for their next slot. */
    private static long afterTheRestart(long start, long due) {
        if (DOWN_UNTIL - due <= FIRES_AT_MOST_LATE) {
            return DOWN_UNTIL;
        }
        return start + Math.floorDiv(DOWN_UNTIL - start + INTERVAL - 1, (long) INTERVAL) * INTERVAL;
    }

    /** Later avatars in the list are scheduled later, at the rate of all workers. */
    private static long queue(int avatar) {
        return 1000L * avatar / ((long) TAKEN_UP_PER_SECOND * WORKERS);
    }
}
