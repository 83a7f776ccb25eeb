package avatarmonitor.store.clock;

import avatarmonitor.store.ClockException;
import avatarmonitor.store.Database;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Locale;

/**
 * Offset of the database's clock from this process's; positive when the database is ahead. The moment at which the
 * database reads its clock within the round trip is unknown: the error is up to half the round trip.
 *
 * @param ahead the database's time minus the local time in the middle of the round trip
 * @param error maximum deviation from the true offset
 */
public record ClockOffset(Duration ahead, Duration error) {
    /**
     * Quartz requires the clocks of a cluster to agree within one second; each of two workers may be off by this from
     * the database.
     */
    public static final Duration MAX = Duration.ofSeconds(2);

    /** Measures the offset with one query; waiting for a connection is not part of the round trip. */
    public static ClockOffset measure(Database database, InstantSource clock) {
        return database.read(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(DatabaseTime.query(database.dialect()))) {
                long asked = System.nanoTime();
                Instant before = clock.instant();
                try (ResultSet row = statement.executeQuery()) {
                    Duration half = Duration.ofNanos(System.nanoTime() - asked).dividedBy(2);
                    row.next();
                    Instant there = row.getObject(1, OffsetDateTime.class).toInstant();
                    return new ClockOffset(Duration.between(before.plus(half), there), half);
                }
            }
        });
    }

    /** Returns whether the clocks differ by more than {@link #MAX}, whatever the error of the measurement. */
    public boolean tooLarge() {
        return ahead.abs().minus(error).compareTo(MAX) > 0;
    }

    /** Returns whether the clocks differ by at most {@link #MAX} in any case. */
    public boolean surelySmall() {
        return ahead.abs().plus(error).compareTo(MAX) <= 0;
    }

    /**
     * Rejects an offset that is too large.
     *
     * @throws ClockException when it is too large
     */
    public void requireSmall() {
        if (tooLarge()) {
            throw new ClockException(inWords() + ", more than the " + MAX.toSeconds()
                    + " s that are allowed: let NTP set both clocks,"
                    + " then start again; workers tell by their clocks which check is due");
        }
    }

    /** Describes which clock is ahead, and by how much. */
    public String inWords() {
        double seconds = ahead.abs().toMillis() / 1000.0;
        return String.format(
                Locale.ROOT,
                "the clock of this machine is %.1f s %s the database's",
                seconds,
                ahead.isNegative() ? "ahead of" : "behind");
    }
}
