package avatarmonitor.alert;

import avatarmonitor.alert.AlertConfig.Email;
import avatarmonitor.alert.AlertConfig.Tls;
import avatarmonitor.store.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;

/** Settings and workers of tests of messages. */
final class Alerting {
    /** Gathers 10 s, reminds each hour, attempts take 10 s at most, gives up after a day; without receivers. */
    static final AlertConfig CONFIG = config(false);

    private Alerting() {}

    /** @param unfinished whether trainings without an end are reported to the application */
    static AlertConfig config(boolean unfinished) {
        return new AlertConfig(
                Duration.ofSeconds(10),
                Duration.ofHours(1),
                Duration.ofSeconds(10),
                Duration.ofHours(24),
                new AlertConfig.Receiver(null, "", 1),
                new AlertConfig.Receiver(null, "", 1),
                unfinished,
                new Email(List.of(), "", "", 25, "", "", Tls.NONE));
    }

    /** Returns a worker whose clocks both show the time of the test. */
    static DeliveryWorker worker(Database database, Channel channel, InstantSource clock, String name) {
        return new DeliveryWorker(
                database, channel, CONFIG, clock, () -> clock.millis() * 1_000_000, new Random(7), name);
    }
}
