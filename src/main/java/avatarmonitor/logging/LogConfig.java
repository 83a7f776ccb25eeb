package avatarmonitor.logging;

/**
 * The {@code log.*} keys.
 *
 * @param format format of lines on stderr
 * @param level minimum level of the product's own loggers; libraries never log below WARN
 */
public record LogConfig(Format format, Level level) {

    public enum Format {
        /** Readable text. */
        TEXT,
        /** One JSON object per line. */
        JSON
    }

    /** Minimum level that is logged. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }
}
