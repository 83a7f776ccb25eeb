package avatarmonitor.alert;

import avatarmonitor.alert.Alert.DueMessage;
import avatarmonitor.alert.Alert.News;
import avatarmonitor.event.EventLog.Logged;
import avatarmonitor.event.Outbox;
import avatarmonitor.store.Database;
import avatarmonitor.store.clock.ClockGate;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns events into messages: one callback for each ended training, if configured also for one that is no longer
 * followed, and aggregated alerts for critical events. Any worker may run it; a row lock lets one run at a time. Each
 * transaction takes events out of the outbox and stores their messages. Not thread-safe.
 */
public final class AlertAggregator {
    /** Events per transaction, and transactions per round; the rest follows in the next round. */
    private static final int PAGE = 1_000;

    private static final int PAGES_MAX = 20;

    /** Interval of the search for messages that are too old, and delay before the first one. */
    static final Duration GIVE_UP_PERIOD = DeliveryWorker.WAIT_MAX;

    private static final int GIVEN_UP_MAX = 1_000;

    private static final Logger log = LoggerFactory.getLogger(AlertAggregator.class);

    private final Database database;
    private final Outbox outbox;
    private final AlertTable table;
    private final DeliveryQueue deliveries;
    private final AlertConfig config;
    private final InstantSource clock;
    private final ClockGate gate;
    private final List<String> alertChannels;
    private final boolean callback;
    private final MissingWorkers missing = new MissingWorkers();
    private Instant givesUpAt;

    /** @param channels names of all channels that messages are stored for */
    public AlertAggregator(Database database, AlertConfig config, Set<String> channels, InstantSource clock) {
        this.database = database;
        this.outbox = new Outbox(database.dialect());
        this.table = new AlertTable(database.dialect());
        this.deliveries = new DeliveryQueue(database.dialect());
        this.config = config;
        this.clock = clock;
        this.gate = ClockGate.of(clock);
        this.alertChannels = channels.stream()
                .filter(channel -> !channel.equals(HttpChannel.CALLBACK))
                .sorted()
                .toList();
        this.callback = channels.contains(HttpChannel.CALLBACK);
        this.givesUpAt = clock.instant().plus(GIVE_UP_PERIOD);
    }

    /**
     * Runs one round.
     *
     * @throws avatarmonitor.store.StoreException when the database failed; nothing is lost
     */
    public void gather() {
        boolean work = database.read(connection -> !outbox.isEmpty(connection) || table.lasting(connection));
        int taken = work ? PAGE : 0;
        for (int page = 0; page < PAGES_MAX && taken == PAGE; page++) {
            taken = database.inTransaction(connection -> table.lock(connection) ? page(connection) : 0);
        }
        giveUpOld();
    }

    /**
     * Gives up old messages, also those of a channel that no worker has any more: a channel that is switched on again
     * must not report events that are weeks old.
     */
    private void giveUpOld() {
        Instant now = clock.instant();
        // A time more than one period ahead means that the clock was set back.
        boolean early = now.isBefore(givesUpAt) && !givesUpAt.isAfter(now.plus(GIVE_UP_PERIOD));
        if (early || !gate.isOpen()) {
            return;
        }
        int givenUp;
        do {
            givenUp = database.inTransaction(connection -> {
                gate.require(connection, database.dialect());
                return deliveries.giveUp(connection, null, now.minus(config.giveUpAfter()), now, GIVEN_UP_MAX);
            });
            if (givenUp > 0) {
                log.error(
                        "messages given up, too old and no worker delivers them: they stay in avatar_monitor_delivery count={}",
                        givenUp);
            }
        } while (givenUp == GIVEN_UP_MAX);
        givesUpAt = now.plus(GIVE_UP_PERIOD);
    }

    private int page(Connection connection) throws SQLException {
        Instant now = clock.instant();
        Map<AlertKind, Alert> before = table.all(connection);
        Map<AlertKind, Alert> alerts = new EnumMap<>(AlertKind.class);
        alerts.putAll(before);
        Outbox.Taken taken = outbox.take(connection, PAGE);
        for (Logged event : taken.events()) {
            storeCallback(connection, event, now);
            for (AlertKind kind : AlertKind.raisedBy(event)) {
                alerts.compute(
                        kind,
                        (same, alert) -> Alert.raised(Optional.ofNullable(alert), kind, event, now, config.gather()));
            }
            for (AlertKind kind : AlertKind.endedBy(event)) {
                alerts.computeIfPresent(kind, (same, alert) -> alert.ended(event.worker(), now));
            }
        }
        if (taken.count() < PAGE) {
            forgetGone(connection, alerts, now);
            for (Alert alert : List.copyOf(alerts.values())) {
                Optional<DueMessage> due = alert.due(now, config.reminder());
                if (due.isPresent()) {
                    storeAlert(connection, alert, due.get().news(), now);
                    alerts.put(alert.kind(), due.get().after());
                }
            }
        }
        for (Alert alert : alerts.values()) {
            if (!alert.equals(before.get(alert.kind()))) {
                table.save(connection, alert);
            }
        }
        return taken.count();
    }

    private void storeCallback(Connection connection, Logged event, Instant now) throws SQLException {
        Message message = callback ? Messages.callback(event, config.unfinished()) : null;
        if (message != null) {
            deliveries.add(connection, HttpChannel.CALLBACK, String.valueOf(event.avatar()), message, now);
        }
    }

    private void forgetGone(Connection connection, Map<AlertKind, Alert> alerts, Instant now) throws SQLException {
        Set<String> named = new HashSet<>();
        alerts.values().stream()
                .filter(alert -> alert.kind().ofWorkers())
                .forEach(alert -> named.addAll(alert.workers()));
        if (!named.isEmpty()) {
            Set<String> gone = missing.gone(named, table.living(connection), now);
            alerts.replaceAll((kind, alert) -> alert.withoutGone(gone, now));
        }
    }

    /** Skips a reminder while the lane has an undelivered message, which says the same. */
    private void storeAlert(Connection connection, Alert alert, News news, Instant now) throws SQLException {
        Message message = Messages.of(alert, news, now);
        String lane = alert.kind().word();
        for (String channel : alertChannels) {
            if (news != News.REMINDER || !deliveries.waits(connection, channel, lane)) {
                deliveries.add(connection, channel, lane, message, now);
            }
        }
    }
}
