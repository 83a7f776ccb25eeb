package avatarmonitor.store;

import avatarmonitor.store.sql.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Closes an H2 database whose file could not be written, as if the process were killed: committed data is kept,
 * everything else is rolled back, and the next connection reopens the file as soon as possible.
 */
final class EmbeddedRestart {
    /** Free space below which the disk counts as full. */
    private static final long FULL_BYTES = 1 << 20;

    private static final Logger log = LoggerFactory.getLogger(EmbeddedRestart.class);

    private EmbeddedRestart() {}

    /** @param level of the log line, which would otherwise repeat every second while a disk is full */
    static void closeAtOnce(ConnectionSettings settings, Level level) {
        OptionalLong usable = H2File.usableBytes(settings.url());
        log.atLevel(level)
                .log(
                        "embedded database cannot write its file, it is closed and opened again reason={} usable_bytes={}",
                        usable.isPresent() && usable.getAsLong() < FULL_BYTES ? "disk full" : "input/output error",
                        usable.isPresent() ? usable.getAsLong() : "unknown");
        try (Connection connection = ConnectionSource.connect(settings)) {
            Jdbc.execute(connection, "SHUTDOWN IMMEDIATELY");
        } catch (SQLException e) {
            // Another process may have closed it, and the connection ends with the database in any case.
            log.debug("embedded database is closed", e);
        }
    }
}
