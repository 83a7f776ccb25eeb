package avatarmonitor.check;

import avatarmonitor.avatar.AvatarId;
import avatarmonitor.avatar.AvatarRow;
import avatarmonitor.avatar.AvatarStore;
import avatarmonitor.avatar.AvatarStore.Write;
import avatarmonitor.store.Database;
import avatarmonitor.store.StoreException;
import avatarmonitor.store.sql.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes check results: touches the avatar, increments the check count of its monitoring state, and appends changes to
 * the history. Atomic, and conditional on no other writer having changed or checked the avatar meanwhile: a worker that
 * was frozen must not write outdated results.
 */
final class ObservationStore implements Observations {
    private static final Logger log = LoggerFactory.getLogger(ObservationStore.class);

    private final Database database;
    private final AvatarStore avatars;
    private final String worker;

    ObservationStore(Database database, AvatarStore avatars, String worker) {
        this.database = database;
        this.avatars = avatars;
        this.worker = worker;
    }

    /**
     * Writes one result in the caller's transaction.
     *
     * @throws ConcurrentChangeException when nothing may be written; the transaction must be rolled back then
     */
    private void write(Connection connection, Observation observation) throws SQLException {
        CheckedAvatar subject = observation.subject();
        // A touch that a trigger or a policy suppresses is no change by another writer: the result is recorded all the
        // same.
        Write touched = avatars.touch(
                connection,
                subject.guard(),
                observation.seen().progress(),
                observation.seen().at());
        record(connection, observation, touched != Write.CHANGED);
    }

    /** Records a result in this product's own tables. */
    private void record(Connection connection, Observation observation, boolean unchanged) throws SQLException {
        CheckedAvatar subject = observation.subject();
        boolean noted = unchanged
                && (MonitoringStore.observe(
                                connection,
                                subject.id(),
                                observation.requestId(),
                                observation.checksBefore(),
                                observation.seen(),
                                worker)
                        || subject.monitoring() == null);
        if (!noted) {
            throw new ConcurrentChangeException();
        }
        CheckHistory.seen(connection, observation, worker);
    }

    @Override
    public boolean write(Observation observation) {
        try {
            return write(observation, connection -> true);
        } catch (ConcurrentChangeException e) {
            return false;
        }
    }

    /**
     * Writes one result together with additional work in the same transaction. When the application refuses the touch
     * of its row, repeats everything without the touch.
     *
     * @param more runs after the result is written; rolled back when it is called a second time
     * @throws ConcurrentChangeException when nothing was written, since another writer was faster
     */
    <T> T write(Observation observation, Database.Work<T> more) {
        try {
            return withTouch(observation, more);
        } catch (StoreException e) {
            if (!e.schemaChanged()) {
                return withoutTouch(observation, more, e);
            }
        }
        // A dropped column is left out.
        avatars.refresh(database);
        try {
            return withTouch(observation, more);
        } catch (StoreException e) {
            return withoutTouch(observation, more, e);
        }
    }

    private <T> T withTouch(Observation observation, Database.Work<T> more) {
        return database.inTransaction(connection -> {
            write(connection, observation);
            return more.on(connection);
        });
    }

    private <T> T withoutTouch(Observation observation, Database.Work<T> more, StoreException cause) {
        WriteRefusal refusal = cause.refused() ? WriteRefusal.of(cause) : null;
        if (refusal == null) {
            throw cause;
        }
        Observation refused = observation.refused(refusal);
        log.debug(
                "avatar not touched avatar={} error={}",
                refused.id(),
                refused.seen().error());
        return database.inTransaction(connection -> {
            record(
                    connection,
                    refused,
                    avatars.isUnchanged(connection, refused.subject().guard()));
            return more.on(connection);
        });
    }

    /** On PostgreSQL in one transaction that waits for no row lock. */
    @Override
    public Written write(List<Observation> group) {
        if (database.dialect() == Dialect.POSTGRESQL) {
            try {
                return database.inTransaction(connection -> ObservationBatch.write(
                        connection, group, AvatarRow.touchFrom(avatars.schema(), "held"), worker));
            } catch (StoreException e) {
                if (!e.refused() && !e.cancelled()) {
                    throw e;
                }
                if (e.schemaChanged()) {
                    avatars.refresh(database);
                }
                log.debug("batch failed, writing its results one by one error={}", e.serverMessage());
            }
        }
        return oneByOne(group);
    }

    /** Writes one by one, so that a refused row does not prevent the others. */
    private Written oneByOne(List<Observation> group) {
        Set<AvatarId> written = new HashSet<>();
        for (Observation observation : group) {
            try {
                if (write(observation)) {
                    written.add(observation.id());
                }
            } catch (StoreException e) {
                if (!e.refused()) {
                    throw e;
                }
                log.warn("check not recorded avatar={} error={}", observation.id(), e.getMessage());
            }
        }
        return new Written(written, Set.of());
    }
}
