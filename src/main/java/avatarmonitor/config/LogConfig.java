package avatarmonitor.config;

/**
 * The {@code log.*} keys.
 *
 * @param format how lines look on stderr
 * @param level least level that the product's own loggers write; libraries never go below WARN
 */
public record LogConfig(Format format, Level level) {

    /** How log lines look. */
    public enum Format {
        /** For people. */
        TEXT,
        /** One JSON object on each line. */
        JSON
    }

    /** Least level that is logged. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }
}
