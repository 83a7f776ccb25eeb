package avatarmonitor.app;

import avatarmonitor.alert.AlertAggregator;
import avatarmonitor.alert.AlertConfig;
import avatarmonitor.alert.Channel;
import avatarmonitor.alert.DeliveryWorker;
import avatarmonitor.alert.HttpChannel;
import avatarmonitor.alert.LogChannel;
import avatarmonitor.alert.MailChannel;
import avatarmonitor.background.BackgroundService;
import avatarmonitor.background.Deadline;
import avatarmonitor.background.PeriodicTasks;
import avatarmonitor.http.Egress;
import avatarmonitor.store.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Runs the delivery of alerts and callbacks of a worker. Each channel has its own thread, so that a hanging receiver
 * blocks neither another one nor the schedule. All workers share the queue in the database.
 */
final class AlertService implements BackgroundService {
    /** Interval of delivery rounds: maximum delay after an event's transaction and {@code alerts.gather}. */
    static final Duration PERIOD = Duration.ofSeconds(2);

    private final List<Channel> channels;
    private final List<PeriodicTasks> rounds = new ArrayList<>();

    private AlertService(List<Channel> channels) {
        this.channels = channels;
    }

    static AlertService start(
            Database database, AlertConfig config, Egress egress, InstantSource clock, String worker) {
        AlertService service = new AlertService(channels(config, egress, clock));
        AlertAggregator aggregator = new AlertAggregator(
                database,
                config,
                service.channels.stream().map(Channel::name).collect(Collectors.toUnmodifiableSet()),
                clock);
        service.every("gather", worker, aggregator::gather);
        for (Channel channel : service.channels) {
            DeliveryWorker deliveryWorker = new DeliveryWorker(
                    database, channel, config, clock, System::nanoTime, RandomGenerator.getDefault(), worker);
            service.every(channel.name(), worker, deliveryWorker::deliver);
        }
        return service;
    }

    private static List<Channel> channels(AlertConfig config, Egress egress, InstantSource clock) {
        List<Channel> channels = new ArrayList<>(List.of(new LogChannel()));
        http(HttpChannel.WEBHOOK, config.webhook(), config.timeout(), egress, clock)
                .ifPresent(channels::add);
        http(HttpChannel.CALLBACK, config.callback(), config.timeout(), egress, clock)
                .ifPresent(channels::add);
        if (!config.email().to().isEmpty()) {
            channels.add(new MailChannel(config.email(), config.timeout(), egress));
        }
        return channels;
    }

    private static Optional<Channel> http(
            String name, AlertConfig.Receiver receiver, Duration timeout, Egress egress, InstantSource clock) {
        return Optional.ofNullable(receiver.url())
                .map(url ->
                        new HttpChannel(name, url, receiver.secret(), receiver.concurrency(), timeout, egress, clock));
    }

    private void every(String name, String worker, Runnable round) {
        PeriodicTasks own = new PeriodicTasks(worker, "alerts-" + name);
        own.every(PERIOD, name, round);
        rounds.add(own);
    }

    /** Starts no further rounds and aborts running deliveries; another worker sends those messages again. */
    @Override
    public void stop() {
        rounds.forEach(PeriodicTasks::stop);
        channels.forEach(Channel::close);
    }

    @Override
    public void awaitEnd(Duration timeout) throws InterruptedException {
        Deadline deadline = Deadline.in(timeout);
        for (PeriodicTasks own : rounds) {
            own.awaitEnd(deadline.left());
        }
    }
}
