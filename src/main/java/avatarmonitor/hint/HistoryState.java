package avatarmonitor.hint;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far the list of ended requests was read, and whether it may be asked for: the row of {@code avatar_monitor_fal_history}. Pure.
 *
 * @param watermark latest end that was listed, by the provider's clock; null when none was
 * @param notBefore end of a pause that the provider asked for
 * @param missingSince the first of the present run of 404; null when there is none
 * @param offSince since when it is asked once a day only; null when it is not off
 * @param triedAt when it was last asked while off
 */
record HistoryState(
        @Nullable Instant watermark,
        @Nullable Instant notBefore,
        @Nullable Instant missingSince,
        @Nullable Instant offSince,
        @Nullable Instant triedAt) {
    /** Ends may be listed late and out of order: those of so long before the watermark are asked for again. */
    static final Duration OVERLAP = Duration.ofMinutes(2);

    /** What ended before is found by polling; also all that is asked for at first. */
    static final Duration LOOK_BACK_MAX = Duration.ofHours(24);

    static final Duration FIRST_LOOK_BACK = Duration.ofMinutes(10);

    /** While it is off. */
    static final Duration RETRY = Duration.ofDays(1);

    /** A 404 that lasts for so long means that there is no such list. */
    static final Duration MISSING_MAX = Duration.ofMinutes(10);

    /** No pause is longer: a later time was written by a clock that was wrong. */
    static final Duration PAUSE_MAX = Duration.ofMinutes(15);

    static final HistoryState NEW = new HistoryState(null, null, null, null, null);

    boolean mayAsk(Instant now) {
        if (notBefore != null && now.isBefore(notBefore) && !notBefore.isAfter(now.plus(PAUSE_MAX))) {
            return false;
        }
        Instant last = triedAt == null ? offSince : triedAt;
        return offSince == null
                || last == null
                || last.isAfter(now.plus(OVERLAP))
                || !last.plus(RETRY).isAfter(now);
    }

    /** Ends from here on are asked for. */
    Instant start(Instant now) {
        if (watermark == null) {
            return now.minus(FIRST_LOOK_BACK);
        }
        Instant from = watermark.minus(OVERLAP);
        Instant earliest = now.minus(LOOK_BACK_MAX);
        return from.isBefore(earliest) ? earliest : from;
    }

    /** The watermark after this end was listed. What lies in the future is no time of an end, and would hide all that follow. */
    @Nullable
    Instant watermarkAfter(@Nullable Instant latestEnd, Instant now) {
        Instant before = watermark == null || watermark.isAfter(now.plus(OVERLAP)) ? null : watermark;
        if (latestEnd == null || latestEnd.isAfter(now.plus(OVERLAP))) {
            return before;
        }
        return before == null || latestEnd.isAfter(before) ? latestEnd : before;
    }

    /** Whether one more 404 means that there is no such list. */
    boolean isGone(Instant now) {
        return missingSince != null && !missingSince.plus(MISSING_MAX).isAfter(now);
    }
}
