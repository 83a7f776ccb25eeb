package avatarmonitor.app;

import avatarmonitor.alert.AlertConfig;
import avatarmonitor.alert.Channel;
import avatarmonitor.alert.Courier;
import avatarmonitor.alert.Gatherer;
import avatarmonitor.alert.HttpChannel;
import avatarmonitor.alert.LogChannel;
import avatarmonitor.alert.MailChannel;
import avatarmonitor.http.Egress;
import avatarmonitor.store.Database;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * What a worker does so that people and the application hear what happened. Each channel has a thread of its own, so that a receiver that
 * hangs holds up neither another one nor the schedule; all of them do their part of what is in the database, beside the other workers.
 */
final class Telling {
    /** How soon something is told, at most this much after its transaction and {@code alerts.gather}. */
    static final Duration PERIOD = Duration.ofSeconds(2);

    private final List<Channel> channels;
    private final List<Rounds> rounds = new ArrayList<>();

    private Telling(List<Channel> channels) {
        this.channels = channels;
    }

    /** Tells nobody. */
    static Telling none() {
        return new Telling(List.of());
    }

    static Telling start(Database database, AlertConfig config, Egress egress, InstantSource clock, String worker) {
        Telling telling = new Telling(channels(config, egress, clock));
        Gatherer gatherer = new Gatherer(
                database,
                config,
                telling.channels.stream().map(Channel::name).collect(Collectors.toUnmodifiableSet()),
                clock);
        telling.every("gather", worker, gatherer::gather);
        for (Channel channel : telling.channels) {
            Courier courier = new Courier(database, channel, config, clock, RandomGenerator.getDefault(), worker);
            telling.every(channel.name(), worker, courier::deliver);
        }
        return telling;
    }

    private static List<Channel> channels(AlertConfig config, Egress egress, InstantSource clock) {
        List<Channel> channels = new ArrayList<>(List.of(new LogChannel()));
        URI webhook = config.webhook().url();
        if (webhook != null) {
            channels.add(new HttpChannel(
                    HttpChannel.WEBHOOK, webhook, config.webhook().secret(), config.timeout(), egress, clock));
        }
        URI callback = config.callback().url();
        if (callback != null) {
            channels.add(new HttpChannel(
                    HttpChannel.CALLBACK, callback, config.callback().secret(), config.timeout(), egress, clock));
        }
        if (!config.email().to().isEmpty()) {
            channels.add(new MailChannel(config.email(), config.timeout(), egress));
        }
        return channels;
    }

    private void every(String name, String worker, Runnable round) {
        Rounds own = new Rounds(worker, "alerts-" + name);
        own.every(PERIOD, name, round);
        rounds.add(own);
    }

    /** Begins nothing any more and cuts what is being sent; it is sent again by another worker. */
    void stop() {
        rounds.forEach(Rounds::stop);
        channels.forEach(Channel::close);
    }

    /** Waits at most this long for the end of what runs. */
    void awaitEnd(Duration patience) throws InterruptedException {
        long started = System.nanoTime();
        for (Rounds own : rounds) {
            own.awaitEnd(patience.minus(Duration.ofNanos(System.nanoTime() - started)));
        }
    }
}
