package avatarmonitor.config;

/**
 * One key of the effective configuration, in a form that may be shown.
 *
 * @param shown its value; {@code ***} in place of a secret
 * @param origin where it was set: {@code file:line}, {@code environment variable X} or {@code default}
 */
public record Setting(String key, String shown, String origin) {}
