package avatarmonitor.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Closes an H2 database whose file could not be written, as a killed process would: what was committed is kept, all else is rolled back, and the
 * next connection opens the file again as soon as that is possible.
 */
final class EmbeddedRestart {
    /** With less a transaction may not fit. */
    private static final long FULL_BYTES = 1 << 20;

    private static final Logger log = LoggerFactory.getLogger(EmbeddedRestart.class);

    private EmbeddedRestart() {}

    /** @param level of the line about it, which would come every second while a disk is full */
    static void closeAtOnce(ConnectionSettings settings, Level level) {
        OptionalLong usable = H2File.usableBytes(settings.url());
        log.atLevel(level)
                .log(
                        "embedded database cannot write its file, it is closed and opened again reason={} usable_bytes={}",
                        usable.isPresent() && usable.getAsLong() < FULL_BYTES ? "disk full" : "input/output error",
                        usable.isPresent() ? usable.getAsLong() : "unknown");
        try (Connection connection = ConnectionSource.connect(settings);
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY");
        } catch (SQLException e) {
            // It may have been closed by somebody else, and the connection ends with the database in any case.
            log.debug("embedded database is closed", e);
        }
    }
}
