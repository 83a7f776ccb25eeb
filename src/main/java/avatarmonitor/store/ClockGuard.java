package avatarmonitor.store;

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
 * The clock of one worker, checked. Each reading of the wall clock is compared with the monotonic clock since the wall clock was last known
 * to be right, so that a jump closes the gate in the very call that would use it; {@link #measured} adds the database's clock.
 * {@link #instant} never jumps: while the gate is closed it goes on by the monotonic clock.
 *
 * <p>When the gate opens again depends on who is asked: on PostgreSQL as soon as the database's clock agrees. On H2 the database has the clock
 * of this machine, so a jump ends when it is undone, when the machine was suspended for just that time, or when the new time has held
 * for {@link #SETTLES_AFTER} ({@link #SMALL_STEP_SETTLES_AFTER} for a step of at most {@link #SMALL_STEP}).
 */
public final class ClockGuard implements InstantSource, ClockGate {
    /** On H2: how long a clock that was set must hold its new time before that counts as right. */
    static final Duration SETTLES_AFTER = Duration.ofMinutes(10);

    /** On H2: a step as NTP makes it after a start or a pause; it can let no window end and no training seem too old. */
    static final Duration SMALL_STEP = Duration.ofMinutes(1);

    static final Duration SMALL_STEP_SETTLES_AFTER = Duration.ofSeconds(30);

    /** Two readings that are further apart are made again, a few times. */
    private static final Duration TOGETHER = Duration.ofMillis(50);

    private static final int ATTEMPTS_MAX = 3;

    private final boolean databaseDecides;
    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final Supplier<Duration> suspended;

    /** The wall clock when it was last known to be right; what it should say is that plus the monotonic time since. */
    private Anchor anchor;
    /** What was right before a step was accepted on H2: where the step is undone, that holds again. */
    private @Nullable Anchor before;
    /** Since when, by the monotonic clock, and by how much the wall clock is off; null while it agrees with the anchor. */
    private @Nullable Jump jump;
    /** The last offset from the database when that was too large. */
    private @Nullable ClockOffset offset;

    private @Nullable Long opened;

    private record Anchor(Instant wall, long nanos, Duration suspended) {
        Instant at(long nanoNow) {
            return wall.plusNanos(nanoNow - nanos);
        }
    }

    private record Jump(Duration ahead, long sinceNanos) {}

    /**
     * For a clock that counts as right until something says otherwise.
     *
     * @param dialect says whether the database has a clock of its own
     * @param suspended for how long this machine has been suspended since it was started, see {@link SuspendedTime}
     */
    public ClockGuard(Dialect dialect, InstantSource wall, LongSupplier nanoTime, Supplier<Duration> suspended) {
        this.databaseDecides = dialect == Dialect.POSTGRESQL;
        this.wall = wall;
        this.nanoTime = nanoTime;
        this.suspended = suspended;
        this.anchor = new Anchor(wall.instant(), nanoTime.getAsLong(), suspended.get());
    }

    /** For this process. */
    public static ClockGuard of(Database database, InstantSource wall) {
        return new ClockGuard(database.dialect(), wall, System::nanoTime, SuspendedTime::read);
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
            throw new ClockException(trouble.get());
        }
        // When in between the database looked at its clock is not known.
        if (there.isBefore(asked.minus(ClockOffset.MAX)) || there.isAfter(answered.plus(ClockOffset.MAX))) {
            throw new ClockException(new ClockOffset(Duration.between(answered, there), Duration.ZERO).inWords());
        }
        return there;
    }

    /** How far the right time is ahead of the wall clock, negative when it is behind. */
    public synchronized Duration ahead() {
        if (offset != null) {
            return offset.ahead();
        }
        return jump == null ? Duration.ZERO : jump.ahead.negated();
    }

    /** For how long the gate has been open since it was last closed; empty when it never was, or is. */
    public synchronized Optional<Duration> openSince() {
        return opened == null || isOff()
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(nanoTime.getAsLong() - opened));
    }

    /**
     * Takes a comparison with the database's clock; to be called about once a second.
     *
     * @param measured how far the database is ahead
     * @param asked what {@link #read} said before the database was asked
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

    /** On H2: whether a jump is over. */
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

    /** Reads both clocks and notes a jump. A process that is stopped between the two readings must not see one. */
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
