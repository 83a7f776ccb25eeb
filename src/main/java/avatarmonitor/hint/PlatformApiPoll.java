package avatarmonitor.hint;

import avatarmonitor.avatar.TrainingTypes;
import avatarmonitor.fal.EndedPage;
import avatarmonitor.fal.EndedPage.Ended;
import avatarmonitor.fal.FalRequestId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Poller of fal's platform API: while any avatar is monitored, it requests the list of ended requests and triggers
 * early checks of those avatars that are in TRAINING. One worker at a time, by a lease. The list itself never changes
 * an avatar. For one thread.
 */
public final class PlatformApiPoll {
    public static final Duration PERIOD = Duration.ofSeconds(10);

    /** Maximum of pages for up to fifty endpoints: a thousand ends. Regular checks find the others. */
    static final int PAGES_MAX = 10;

    /** Maximum of rounds skipped by the backoff, which doubles from one. */
    private static final int SKIPPED_MAX = 12;

    private static final Logger log = LoggerFactory.getLogger(PlatformApiPoll.class);

    private final Source source;
    private final int endpointsMax;
    private final PlatformApiTable table;
    private final TrainingTypes types;
    private final EarlyChecks checks;
    private final Hints hints;
    private final InstantSource clock;
    private final RecentEnds recent = new RecentEnds();

    /** Whether this process has had an answer or a refusal: a restart after a repair of the key must not wait a day. */
    private boolean asked;

    private int troubles;
    private int skipped;
    private boolean refusalLogged;

    /** Access to the platform API. */
    public interface Source {
        EndedPage ended(Collection<String> endpoints, Instant start, @Nullable String cursor);
    }

    /** @param endpointsMax maximum of endpoints in one request */
    public PlatformApiPoll(
            Source source,
            int endpointsMax,
            PlatformApiTable table,
            TrainingTypes types,
            EarlyChecks checks,
            Hints hints,
            InstantSource clock) {
        this.source = source;
        this.endpointsMax = endpointsMax;
        this.table = table;
        this.types = types;
        this.checks = checks;
        this.hints = hints;
        this.clock = clock;
    }

    /** Runs one round: takes or renews the lease, and polls unless a pause or the backoff forbids it. */
    public void poll() {
        PlatformApiState state = table.lease().orElse(null);
        if (state == null) {
            return;
        }
        if (skipped > 0) {
            skipped--;
            return;
        }
        Instant now = clock.instant();
        boolean firstTry = !asked && state.offSince() != null;
        if (!state.mayAsk(now) && !firstTry) {
            return;
        }
        List<String> endpoints = table.endpoints(types);
        if (endpoints.isEmpty()) {
            return;
        }
        Instant latest = null;
        for (int from = 0; from < endpoints.size(); from += endpointsMax) {
            List<String> some = endpoints.subList(from, Math.min(endpoints.size(), from + endpointsMax));
            Read read = read(some, state, now);
            if (!read.whole) {
                return;
            }
            latest = later(latest, read.latest);
        }
        asked = true;
        troubles = 0;
        if (refusalLogged) {
            refusalLogged = false;
            log.info("fal's platform API answers again");
        }
        table.answered(state.watermarkAfter(latest, now), now);
    }

    /** @param whole whether all requested pages arrived */
    private record Read(boolean whole, @Nullable Instant latest) {}

    private Read read(List<String> endpoints, PlatformApiState state, Instant now) {
        Instant latest = null;
        String cursor = null;
        for (int page = 0; page < PAGES_MAX; page++) {
            EndedPage answer = source.ended(endpoints, state.start(now), cursor);
            if (!(answer instanceof EndedPage.Listed listed)) {
                trouble(answer, state, now);
                return new Read(false, null);
            }
            take(listed.ended(), now);
            for (Ended end : listed.ended()) {
                latest = end.at().isAfter(now.plus(PlatformApiState.OVERLAP)) ? latest : later(latest, end.at());
            }
            cursor = listed.next();
            if (cursor == null) {
                return new Read(true, latest);
            }
        }
        log.warn("fal's platform API lists more ends than are read, polling finds the others pages={}", PAGES_MAX);
        return new Read(true, latest);
    }

    private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        return one == null || (other != null && other.isAfter(one)) ? other : one;
    }

    private void take(List<Ended> ends, Instant now) {
        hints.listed(ends.stream().map(Ended::id).toList());
        List<Ended> due = ends.stream().filter(end -> recent.isDue(end, now)).toList();
        Set<FalRequestId> training = table.training(due.stream().map(Ended::id).toList());
        for (Ended end : due) {
            boolean isNew = recent.isNew(end);
            if (!training.contains(end.id())) {
                recent.checked(end, now);
            } else if (checks.check(end.id(), HintSource.HISTORY)) {
                recent.checked(end, now);
                if (isNew) {
                    hints.lagged(Duration.between(end.at(), now));
                }
            }
        }
    }

    private void trouble(EndedPage answer, PlatformApiState state, Instant now) {
        if (answer instanceof EndedPage.Refused refused) {
            off(refused.detail(), now);
        } else if (answer instanceof EndedPage.Missing missing) {
            if (state.isGone(now) || state.offSince() != null) {
                off(missing.detail(), now);
            } else {
                table.missing(now);
            }
        } else if (answer instanceof EndedPage.Limited limited) {
            table.limited(limited.until());
        } else if (answer instanceof EndedPage.Unclear unclear) {
            troubles = Math.min(troubles + 1, 30);
            skipped = (int) Math.min(SKIPPED_MAX, (1L << troubles) / 2 - 1);
            log.debug("fal's platform API gave no list error={}", unclear.detail());
        } else {
            throw new IllegalStateException("unknown answer " + answer);
        }
    }

    private void off(String reason, Instant now) {
        asked = true;
        refusalLogged = true;
        if (table.off(reason, now)) {
            log.warn("fal's platform API may not be asked, it is tried again once a day reason={}", reason);
        }
    }
}
