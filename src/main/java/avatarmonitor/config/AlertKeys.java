package avatarmonitor.config;

import static avatarmonitor.config.Formats.duration;
import static avatarmonitor.config.Formats.matching;
import static avatarmonitor.config.Formats.oneOf;
import static avatarmonitor.config.Formats.truth;
import static avatarmonitor.config.Formats.wholeNumber;

import avatarmonitor.alert.AlertConfig;
import avatarmonitor.alert.AlertConfig.Email;
import avatarmonitor.alert.AlertConfig.Receiver;
import avatarmonitor.alert.AlertConfig.Tls;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the {@code alerts.*} keys. */
final class AlertKeys {
    /** Excludes characters that could end a header line or start another address. */
    private static final Pattern ADDRESS =
            Pattern.compile("[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");

    private static final int ADDRESSES_MAX = 20;
    private static final int CONCURRENCY_MAX = 64;

    private AlertKeys() {}

    static AlertConfig read(ConfigReader values) {
        return new AlertConfig(
                values.take("alerts.gather", duration("0s", "10m")),
                values.take("alerts.reminder", duration("1m", "7d")),
                values.take("alerts.timeout", duration("1s", "60s")),
                values.take("alerts.give-up-after", duration("1m", "30d")),
                receiver(values, "alerts.webhook", 1),
                receiver(
                        values,
                        "alerts.callback",
                        values.take("alerts.callback.concurrency", wholeNumber(1, CONCURRENCY_MAX))),
                values.take("alerts.callback.unfinished", truth()),
                email(values));
    }

    private static Receiver receiver(ConfigReader values, String section, int concurrency) {
        return new Receiver(
                values.take(section + ".url", Addresses.receiverUrl()).orElse(null),
                values.take(
                        section + ".secret",
                        matching(
                                        "[!-~]{0,512}",
                                        "up to 512 printable ASCII characters without spaces",
                                        "choose another one")
                                .hidden()),
                concurrency);
    }

    private static Email email(ConfigReader values) {
        return new Email(
                values.take("alerts.email.to", addresses(ADDRESSES_MAX)),
                values.take("alerts.email.from", addresses(1)).stream()
                        .findFirst()
                        .orElse(""),
                values.take(
                        "alerts.email.host",
                        matching(
                                "[A-Za-z0-9.:-]{0,253}",
                                "a host name or address",
                                "write the name of the mail server")),
                values.take("alerts.email.port", wholeNumber(1, 65_535)),
                values.take(
                        "alerts.email.user", matching("\\P{Cc}{0,320}", "a user name", "remove control characters")),
                values.take(
                        "alerts.email.password",
                        matching("\\P{Cc}{0,1000}", "at most 1000 characters on one line", "shorten it")
                                .hidden()),
                values.take("alerts.email.tls", oneOf(Tls.class)));
    }

    /** Comma-separated addresses without display names; empty for none. */
    private static Format<List<String>> addresses(int most) {
        return Format.of(
                text -> Optional.of(Arrays.stream(text.isBlank() ? new String[0] : text.split(",", -1))
                                .map(String::strip)
                                .toList())
                        .filter(given -> given.size() <= most && given.stream().allMatch(ADDRESS.asMatchPredicate())),
                most == 1 ? "one address" : "up to " + most + " addresses with commas between them",
                "write plain addresses such as operator@example.com, without names and brackets");
    }
}
