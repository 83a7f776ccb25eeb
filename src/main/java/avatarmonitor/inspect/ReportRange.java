package avatarmonitor.inspect;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/**
 * Span of time of a report, divided into slots of one hour or one day (UTC).
 *
 * @param word {@code day}, {@code week} or {@code custom}: name in JSON
 * @param from beginning of the first slot
 * @param until end of the span, within or at the end of the last slot
 */
public record ReportRange(String word, Instant from, Instant until, Duration slot) {
    /** Name of the span that ends now and has 24 slots of an hour. */
    public static final String DAY = "day";

    /** Name of the span that ends now and has 7 slots of a day. */
    public static final String WEEK = "week";

    /** Maximum length of a span between two given times. */
    static final Duration LENGTH_MAX = Duration.ofDays(92);

    private static final String CUSTOM = "custom";
    private static final int HOURS = 24;
    private static final int DAYS = 7;

    /** Longest span between two given times that has slots of an hour. */
    private static final Duration HOURLY_MAX = Duration.ofDays(2);

    /** Precision of times in the database. */
    private static final Duration TICK = ChronoUnit.MICROS.getDuration();

    /**
     * Returns the span that a caller asks for.
     *
     * @param period {@link #DAY}, {@link #WEEK} or empty
     * @param from time of the beginning; empty for a day or a week
     * @param to time of the end; empty for now
     * @throws IllegalArgumentException when the values contradict each other or are no times; the message is for users
     */
    public static ReportRange of(String period, String from, String to, Instant now) {
        if (from.isEmpty() && to.isEmpty()) {
            return period.equals(WEEK) ? week(now) : day(now);
        }
        if (from.isEmpty()) {
            throw new IllegalArgumentException("to needs from");
        }
        if (!period.isEmpty()) {
            throw new IllegalArgumentException("either " + period + " or from, not both");
        }
        return between(time("from", from), to.isEmpty() ? now : time("to", to), now);
    }

    /** The 24 hours up to now, beginning with a whole hour. */
    static ReportRange day(Instant now) {
        return new ReportRange(
                DAY, now.truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(HOURS - 1)), now, Duration.ofHours(1));
    }

    /** Today and the six days before. */
    static ReportRange week(Instant now) {
        return new ReportRange(
                WEEK, now.truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(DAYS - 1)), now, Duration.ofDays(1));
    }

    /**
     * Returns the span between two times: slots of an hour up to two days, otherwise of a day. The beginning is rounded
     * down to a whole slot.
     *
     * @param until exclusive; a time after {@code now} is taken as {@code now}
     * @throws IllegalArgumentException when the beginning is not before the end, or the span is longer than
     *     {@link #LENGTH_MAX}; the message is for users
     */
    private static ReportRange between(Instant from, Instant until, Instant now) {
        Instant end = until.isAfter(now) ? now : until;
        if (!from.isBefore(end)) {
            throw new IllegalArgumentException(
                    "from (" + from + ") must be earlier than to (" + until + ") and than now (" + now + ")");
        }
        Duration length = Duration.between(from, end);
        if (length.compareTo(LENGTH_MAX) > 0) {
            throw new IllegalArgumentException("from and to are more than " + LENGTH_MAX.toDays() + " days apart");
        }
        boolean hourly = length.compareTo(HOURLY_MAX) <= 0;
        return new ReportRange(
                CUSTOM,
                from.truncatedTo(hourly ? ChronoUnit.HOURS : ChronoUnit.DAYS),
                end,
                hourly ? Duration.ofHours(1) : Duration.ofDays(1));
    }

    /**
     * Parses a time: a date, or a date with a time, with or without an offset. UTC without one.
     *
     * @param name shown in the error
     */
    private static Instant time(String name, String text) {
        try {
            if (!text.contains("T")) {
                return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            return DateTimeFormatter.ISO_DATE_TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from)
                            instanceof OffsetDateTime time
                    ? time.toInstant()
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException wrong) {
            throw new IllegalArgumentException(
                    name
                            + ": expected a date or a time such as 2026-11-30, 2026-11-30T14:00 (UTC) or 2026-11-30T14:00+01:00",
                    wrong);
        }
    }

    public int slots() {
        Duration length = Duration.between(from, until);
        return (int) Math.max(1, length.plus(slot).minusNanos(1).dividedBy(slot));
    }

    /** The span of the same length just before, up to {@link #until} of that one for a day or week that is not over. */
    ReportRange before() {
        Duration length = word.equals(CUSTOM) ? Duration.between(from, until) : slot.multipliedBy(slots());
        return new ReportRange(word, from.minus(length), until.minus(length), slot);
    }

    /** The end as an exclusive limit: what happened right now belongs to a span that ends now. */
    Instant end() {
        return word.equals(CUSTOM) ? until : until.plus(TICK);
    }
}
