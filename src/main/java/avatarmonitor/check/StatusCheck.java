package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.event.EventLog;
import avatarmonitor.fal.FalQueue;
import avatarmonitor.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One check of one avatar: reads what is known, asks {@link Decision} for the next step, asks fal or hands it
 * to {@link Effects}, until the check is over.
 */
public final class StatusCheck {
    private static final Logger log = LoggerFactory.getLogger(StatusCheck.class);

    /** A check that takes longer is worth a warning: two questions to fal and three short transactions take far less. */
    private static final Duration SLOW = Duration.ofSeconds(10);

    /** How often one check looks again when the avatar changed under it. */
    private static final int LOOKS_MAX = 3;

    private final Database database;
    private final AvatarStore avatars;
    private final WatchStore watches;
    private final FalQueue fal;
    private final Decision decision;
    private final Effects effects;
    private final InstantSource clock;

    /**
     * @param fal asked for every answer that is not in the database
     * @param rules the settings that decisions depend on
     * @param window see {@link MonitorConfig}
     * @param worker named in events
     */
    public StatusCheck(
            Database database,
            AvatarStore avatars,
            WatchStore watches,
            EventLog events,
            FalQueue fal,
            Rules rules,
            Duration window,
            InstantSource clock,
            String worker) {
        this.database = database;
        this.avatars = avatars;
        this.watches = watches;
        this.fal = fal;
        this.decision = new Decision(rules);
        this.effects = new Effects(database, avatars, watches, events, fal, window, clock, worker);
        this.clock = clock;
    }

    /**
     * Checks an avatar once. Blocks for as long as fal may take to answer two questions, or a few more when the avatar changes
     * meanwhile.
     *
     * @param lastLook whether the window ends with this check
     */
    public CheckOutcome check(AvatarId id, boolean lastLook) {
        long started = System.nanoTime();
        try (MDC.MDCCloseable ignored = MDC.putCloseable("avatar", id.toString())) {
            CheckOutcome outcome = CheckOutcome.OVERTAKEN;
            for (int look = 0; look < LOOKS_MAX && outcome == CheckOutcome.OVERTAKEN; look++) {
                outcome = look(id, lastLook, started);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            if (took.compareTo(SLOW) >= 0) {
                log.warn("check was slow outcome={} took_ms={}", outcome, took.toMillis());
            } else {
                log.debug("check done outcome={} took_ms={}", outcome, took.toMillis());
            }
            return outcome;
        }
    }

    private CheckOutcome look(AvatarId id, boolean lastLook, long started) {
        Instant now = clock.instant();
        Known known = database.read(connection -> Known.fromDatabase(
                avatars.find(connection, id).orElse(null),
                watches.find(connection, id).orElse(null),
                lastLook,
                now));
        boolean startedAnew = false;
        while (true) {
            Step step = decision.decide(known);
            if (step instanceof Step.AskStatus ask) {
                known = known.withStatus(fal.status(ask.request()));
            } else if (step instanceof Step.AskResult ask) {
                known = known.withResult(fal.result(ask.request()));
            } else if (step instanceof Step.StartAnew anew) {
                effects.startAnew(id, anew, now);
                known = known.withNewWatch(Watch.unknown(anew.requestId(), now));
                startedAnew = true;
            } else {
                CheckOutcome outcome =
                        effects.end(new Effects.Subject(id, known.avatar(), known.watch(), started), (Step.End) step);
                return startedAnew && outcome.keepsWatching() ? CheckOutcome.STARTED_ANEW : outcome;
            }
        }
    }
}
