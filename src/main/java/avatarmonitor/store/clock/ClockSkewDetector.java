package avatarmonitor.store.clock;

import avatarmonitor.store.ClockException;
import avatarmonitor.store.Database;
import avatarmonitor.store.sql.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Clock of one worker that detects clock skew. Each reading compares the wall clock with the monotonic clock since the
 * wall clock was last known to be right, so that a jump closes the gate in the same call that would use it; {@link
 * #measured} adds the comparison with the database's clock. {@link #instant} never jumps: while the gate is closed it
 * continues on the monotonic clock.
 *
 * <p>When the gate opens again depends on the database. On PostgreSQL: as soon as the database's clock agrees. On H2,
 * whose database uses the clock of this machine: when the jump is undone, when the machine was suspended for exactly
 * that time, or when the new time has held for {@link #SETTLES_AFTER} ({@link #SMALL_STEP_SETTLES_AFTER} for a step of
 * at most {@link #SMALL_STEP}).
 */
public final class ClockSkewDetector implements InstantSource, ClockGate {
    /** On H2: time after which a changed clock counts as right. */
    static final Duration SETTLES_AFTER = Duration.ofMinutes(10);

    /**
     * On H2: limit of a small step, as NTP makes after a start or a pause; too small to end a window or to make a
     * training too old.
     */
    static final Duration SMALL_STEP = Duration.ofMinutes(1);

    static final Duration SMALL_STEP_SETTLES_AFTER = Duration.ofSeconds(30);

    /**
     * Maximum distance of the two monotonic readings around a wall clock reading; otherwise the reading is repeated.
     */
    private static final Duration TOGETHER = Duration.ofMillis(50);

    private static final int ATTEMPTS_MAX = 3;

    private final boolean databaseDecides;
    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final Supplier<Duration> suspended;

    /**
     * Reading when the wall clock was last known to be right; the expected time is that plus the elapsed monotonic
     * time.
     */
    private Anchor anchor;
    /** Anchor before a step was accepted on H2; becomes valid again when the step is undone. */
    private @Nullable Anchor before;
    /** Current jump: start on the monotonic clock and size; null while the wall clock agrees with the anchor. */
    private @Nullable Jump jump;
    /** Last measured offset from the database when it was too large; null otherwise. */
    private @Nullable ClockOffset offset;

    private @Nullable Long opened;

    private record Anchor(Instant wall, long nanos, Duration suspended) {
        Instant at(long nanoNow) {
            return wall.plusNanos(nanoNow - nanos);
        }
    }

    private record Jump(Duration ahead, long sinceNanos) {}

    /**
     * Creates a detector for a clock that counts as right until a jump or an offset is detected.
     *
     * @param dialect determines whether the database has its own clock
     * @param suspended time for which this machine has been suspended, see {@link SuspendedTime}
     */
    public ClockSkewDetector(Dialect dialect, InstantSource wall, LongSupplier nanoTime, Supplier<Duration> suspended) {
        this.databaseDecides = dialect == Dialect.POSTGRESQL;
        this.wall = wall;
        this.nanoTime = nanoTime;
        this.suspended = suspended;
        this.anchor = new Anchor(wall.instant(), nanoTime.getAsLong(), suspended.get());
    }

    public static ClockSkewDetector of(Database database, InstantSource wall) {
        return new ClockSkewDetector(database.dialect(), wall, System::nanoTime, SuspendedTime::read);
    }

    /** The wall clock while it is right; otherwise the time that it should show. */
    @Override
    public synchronized Instant instant() {
        Reading now = read();
        return jump == null && offset == null ? now.wall : anchor.at(now.nanos);
    }

    @Override
    public synchronized Optional<String> trouble() {
        read();
        return isOff() ? Optional.of(words()) : Optional.empty();
    }

    @Override
    public Instant require(Connection connection, Dialect dialect) throws SQLException {
        Instant asked = instant();
        Instant there = DatabaseTime.now(connection, dialect);
        Instant answered = instant();
        Optional<String> trouble = trouble();
        if (trouble.isPresent()) {
            throw unusable(trouble.get());
        }
        // The exact moment of the database's reading is unknown: anywhere between request and answer.
        if (there.isBefore(asked.minus(ClockOffset.MAX)) || there.isAfter(answered.plus(ClockOffset.MAX))) {
            throw unusable(new ClockOffset(Duration.between(answered, there), Duration.ZERO).inWords());
        }
        return there;
    }

    private static ClockException unusable(String trouble) {
        return new ClockException(trouble + ": nothing is done by the time until it is right");
    }

    /** Returns how far the right time is ahead of the wall clock; negative when it is behind. */
    public synchronized Duration ahead() {
        if (offset != null) {
            return offset.ahead();
        }
        return jump == null ? Duration.ZERO : jump.ahead.negated();
    }

    /**
     * Returns how long the gate has been open since it was last closed; empty when it never was closed, or is closed.
     */
    public synchronized Optional<Duration> openSince() {
        return opened == null || isOff()
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(nanoTime.getAsLong() - opened));
    }

    /**
     * Applies a comparison with the database's clock; call it about once a second.
     *
     * @param measured how far the database is ahead
     * @param asked result of {@link #read} before the query
     */
    public synchronized void measured(ClockOffset measured, Reading asked) {
        boolean wasOff = isOff();
        if (measured.tooLarge()) {
            offset = measured;
        } else if (measured.surelySmall()) {
            offset = null;
            if (databaseDecides) {
                right(new Anchor(asked.wall, asked.nanos, suspended.get()));
            }
        }
        Reading now = read();
        if (!databaseDecides) {
            settle(now);
        }
        if (wasOff && !isOff()) {
            opened = now.nanos;
        }
    }

    /** On H2: decides whether a jump is over. */
    private void settle(Reading now) {
        Anchor here = new Anchor(now.wall, now.nanos, suspended.get());
        if (jump == null) {
            right(here);
            return;
        }
        Duration asleep = here.suspended.minus(anchor.suspended);
        Duration held = Duration.ofNanos(now.nanos - jump.sinceNanos);
        boolean small = jump.ahead.abs().compareTo(SMALL_STEP) <= 0;
        if (near(jump.ahead, asleep)
                || (before != null && near(Duration.between(before.at(now.nanos), now.wall), Duration.ZERO))
                || held.compareTo(small ? SMALL_STEP_SETTLES_AFTER : SETTLES_AFTER) >= 0) {
            before = anchor;
            right(here);
        }
    }

    private void right(Anchor here) {
        anchor = here;
        jump = null;
    }

    private boolean isOff() {
        return jump != null || offset != null;
    }

    /** Both clocks at one moment. */
    public record Reading(Instant wall, long nanos) {}

    /** Reads both clocks and records a jump. A pause of the process between the two readings must not look like one. */
    public synchronized Reading read() {
        long first;
        Instant now;
        long second;
        int attempts = 0;
        do {
            first = nanoTime.getAsLong();
            now = wall.instant();
            second = nanoTime.getAsLong();
        } while (second - first > TOGETHER.toNanos() && ++attempts < ATTEMPTS_MAX);
        Instant earliest = anchor.at(first).minus(ClockOffset.MAX);
        Instant latest = anchor.at(second).plus(ClockOffset.MAX);
        if (!now.isBefore(earliest) && !now.isAfter(latest)) {
            if (!databaseDecides && jump != null) {
                jump = null;
                opened = second;
            }
        } else {
            Duration ahead = Duration.between(anchor.at(second), now);
            if (jump == null || !near(jump.ahead, ahead)) {
                jump = new Jump(ahead, second);
            }
        }
        return new Reading(now, second);
    }

    private static boolean near(Duration one, Duration other) {
        return one.minus(other).abs().compareTo(ClockOffset.MAX) <= 0;
    }

    private String words() {
        if (offset != null) {
            return offset.inWords();
        }
        Duration ahead = jump == null ? Duration.ZERO : jump.ahead;
        return String.format(
                Locale.ROOT,
                "the clock of this machine jumped by %.1f s %s",
                ahead.abs().toMillis() / 1000.0,
                ahead.isNegative() ? "back" : "ahead");
    }
}
