package avatarmonitor.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Locale;

/**
 * How far the database's clock is ahead of this process's, negative when it is behind. Whoever asks cannot tell when in between the
 * question and its answer the database looked at its clock: half that time may be error.
 *
 * @param ahead the database's time minus ours in the middle of the round trip
 * @param error how far the truth may be from that, at most
 */
public record ClockOffset(Duration ahead, Duration error) {
    /** Quartz wants the clocks of a cluster within one second of each other; each of two may be off by this. */
    public static final Duration MAX = Duration.ofSeconds(2);

    /** Asks the database once; the wait for a connection is not part of the round trip. */
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

    /** Whether the two differ by more than {@link #MAX}, whatever the error of the measurement. */
    public boolean tooLarge() {
        return ahead.abs().minus(error).compareTo(MAX) > 0;
    }

    /** Whether the two differ by no more than {@link #MAX} in any case. */
    public boolean surelySmall() {
        return ahead.abs().plus(error).compareTo(MAX) <= 0;
    }

    /**
     * Refuses to work with clocks that differ so much.
     *
     * @throws ClockException when it is too large
     */
    public void requireSmall() {
        if (tooLarge()) {
            throw new ClockException(this);
        }
    }

    /** Which of the two is ahead, and by how much. */
    public String inWords() {
        double seconds = ahead.abs().toMillis() / 1000.0;
        return String.format(
                Locale.ROOT,
                "the clock of this machine is %.1f s %s the database's",
                seconds,
                ahead.isNegative() ? "ahead of" : "behind");
    }
}
