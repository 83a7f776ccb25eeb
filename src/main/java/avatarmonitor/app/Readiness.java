package avatarmonitor.app;

import avatarmonitor.schedule.MonitoringSchedule;
import avatarmonitor.store.ClockGate;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.web.Health;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Optional;

/** A worker is ready while its clock is right, the database answers, its scheduler fires, and the other workers see it check in. */
final class Readiness implements Health {
    private final Database database;
    private final MonitoringSchedule schedule;
    private final ClockGate clock;

    Readiness(Database database, MonitoringSchedule schedule, ClockGate clock) {
        this.database = database;
        this.schedule = schedule;
        this.clock = clock;
    }

    @Override
    public Optional<String> trouble() {
        if (schedule.dead()) {
            return Optional.of("the worker cannot go on and ends");
        }
        if (!schedule.firing()) {
            return Optional.of("the scheduler does not fire");
        }
        Optional<String> wrongClock = clock.trouble();
        if (wrongClock.isPresent()) {
            return Optional.of(wrongClock.get() + ": nothing is checked until it is right");
        }
        try {
            return checksIn() ? Optional.empty() : Optional.of("the last check-in is not fresh");
        } catch (StoreException e) {
            return Optional.of("the database does not answer");
        }
    }

    private boolean checksIn() {
        return database.read(connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT alive FROM v_workers WHERE instance = ?")) {
                select.setString(1, schedule.worker());
                try (ResultSet row = select.executeQuery()) {
                    return row.next() && row.getBoolean("alive");
                }
            }
        });
    }
}
