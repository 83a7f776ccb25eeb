package avatarmonitor.hint;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Position in the list of ended requests, and whether it may be requested: the row of {@code
 * avatar_monitor_fal_history}. Pure.
 *
 * @param watermark latest end that was listed, by fal's clock; null when none was
 * @param notBefore end of a pause that the provider requested
 * @param missingSince time of the first of the consecutive 404 answers; null when there is none
 * @param offSince start of the state "off", with one request per day; null when it is on
 * @param triedAt time of the last request while off
 */
record PlatformApiState(
        @Nullable Instant watermark,
        @Nullable Instant notBefore,
        @Nullable Instant missingSince,
        @Nullable Instant offSince,
        @Nullable Instant triedAt) {
    /** Overlap before the watermark that is requested again, since ends may be listed late and out of order. */
    static final Duration OVERLAP = Duration.ofMinutes(2);

    /** Maximum age of the requested ends; regular checks find older ones. */
    static final Duration LOOK_BACK_MAX = Duration.ofHours(24);

    static final Duration FIRST_LOOK_BACK = Duration.ofMinutes(10);

    /** Retry interval while it is off. */
    static final Duration RETRY = Duration.ofDays(1);

    /** Duration of consecutive 404 answers after which the list counts as missing. */
    static final Duration MISSING_MAX = Duration.ofMinutes(10);

    /** Maximum of a pause; a later end was written by a wrong clock and is ignored. */
    static final Duration PAUSE_MAX = Duration.ofMinutes(15);

    static final PlatformApiState NEW = new PlatformApiState(null, null, null, null, null);

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

    /** Returns the start of the requested time range. */
    Instant start(Instant now) {
        if (watermark == null) {
            return now.minus(FIRST_LOOK_BACK);
        }
        Instant from = watermark.minus(OVERLAP);
        Instant earliest = now.minus(LOOK_BACK_MAX);
        return from.isBefore(earliest) ? earliest : from;
    }

    /**
     * Returns the watermark after this end was listed. Ignores times in the future, which would hide all ends that
     * follow.
     */
    @Nullable
    Instant watermarkAfter(@Nullable Instant latestEnd, Instant now) {
        Instant before = watermark == null || watermark.isAfter(now.plus(OVERLAP)) ? null : watermark;
        if (latestEnd == null || latestEnd.isAfter(now.plus(OVERLAP))) {
            return before;
        }
        return before == null || latestEnd.isAfter(before) ? latestEnd : before;
    }

    /** Returns whether one more 404 means that the list does not exist. */
    boolean isGone(Instant now) {
        return missingSince != null && !missingSince.plus(MISSING_MAX).isAfter(now);
    }
}
